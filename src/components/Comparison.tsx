import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { compare, Compared, ranking } from '../flow/comparison';
import { titleOfFlow } from '../flow/names';
import { labels } from '../labels';
import { Catalog, Outcome, WhatIf } from '../types';
import { Notices } from './Notices';

interface Props {
  answer: WhatIf;
  /** The catalog that knows the titles of flows. */
  catalog: Catalog;
}

/** The scores of the saved and the changed catalog, and the biggest gains. Where nothing differs there is the saved one only. */
export function Comparison({ answer: { now, then, notices }, catalog }: Props) {
  const styles = useStyles2(getStyles);
  const differs = now.revision !== then.revision;
  return (
    <>
      <Notices title={labels.whatIf.notices} notices={notices} />
      <table className={styles.table} aria-label={labels.whatIf.scores}>
        <thead>
          <tr>
            <th scope="col">{labels.whatIf.of}</th>
            <th scope="col">{labels.whatIf.now}</th>
            {differs && <th scope="col">{labels.whatIf.then}</th>}
            {differs && <th scope="col">{labels.whatIf.change}</th>}
          </tr>
        </thead>
        <tbody>
          {compare(now, then).map((row) => (
            <Row
              key={row.flow ?? ''}
              title={row.flow ? (titleOfFlow(catalog, row.flow) ?? row.flow) : labels.whatIf.overall}
              row={row}
              differs={differs}
            />
          ))}
        </tbody>
      </table>
      <div className={styles.rankings}>
        <Ranking title={labels.whatIf.firstNow} outcome={now} />
        {differs && <Ranking title={labels.whatIf.firstThen} outcome={then} />}
      </div>
    </>
  );
}

function Row({ title, row, differs }: { title: string; row: Compared; differs: boolean }) {
  const { now, then, change } = row;
  return (
    <tr>
      <th scope="row">{title}</th>
      <td>{labels.whatIf.score(now)}</td>
      {differs && <td>{labels.whatIf.score(then)}</td>}
      {differs && <td>{labels.whatIf.points(change)}</td>}
    </tr>
  );
}

function Ranking({ title, outcome }: { title: string; outcome: Outcome }) {
  const ranked = ranking(outcome);
  return (
    <div>
      <h6>{title}</h6>
      {ranked.length === 0 && <p>{labels.whatIf.nothingFirst}</p>}
      <ol aria-label={title}>
        {ranked.map(({ flow, sli, impact }) => (
          <li key={`${flow}/${sli}`}>{labels.whatIf.impact(`${flow}/${sli}`, impact)}</li>
        ))}
      </ol>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    margin: theme.spacing(1, 0),
    'th, td': { padding: theme.spacing(0.25, 2, 0.25, 0), textAlign: 'left' },
    td: { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
  }),
  rankings: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(4), ol: { paddingLeft: theme.spacing(3) } }),
});
