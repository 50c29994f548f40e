import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { list } from '../flow/sentence';
import { labels } from '../labels';
import { Catalog, Dimension } from '../types';

/** What a catalog tells users apart by, with the values and weights that it names, and the labels of its flows. */
export function DimensionList({ catalog: { dimensions, flowLabels } }: { catalog: Catalog }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {dimensions.length > 0 && (
        <>
          <h5>{labels.list.dimension}</h5>
          <ul className={styles.list} aria-label={labels.list.dimensions}>
            {dimensions.map((dimension) => (
              <li key={dimension.name}>
                <strong>{dimension.name}</strong>: {values(dimension)}{' '}
                {dimension.label !== dimension.name && <small>{labels.list.onLabel(dimension.label)}</small>}
              </li>
            ))}
          </ul>
        </>
      )}
      {flowLabels.length > 0 && <p>{labels.list.flowLabels(list(flowLabels))}</p>}
    </>
  );
}

/** values lists what the catalog names of a dimension; the others are found in the store. */
function values({ values: named, weights }: Dimension): string {
  const texts = named.map((value) => labels.list.value(value, weights?.[value]));
  return texts.length > 0 ? texts.join(', ') : labels.list.seen;
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', marginBottom: theme.spacing(1) }),
});
