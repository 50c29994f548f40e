import { css } from '@emotion/css';
import { GrafanaTheme2, QueryEditorHelpProps } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { CerDataSource } from '../datasource';
import { cohortExamples, EXAMPLES, gateExamples } from '../flow/examples';
import { complete } from '../flow/query';
import { sentence } from '../flow/sentence';
import { useCatalog } from '../hooks/useCatalog';
import { labels } from '../labels';
import { CerQuery } from '../types';

/** Examples of queries, with cohorts of the catalog where it tells users apart; a click takes one over. */
export function QueryHelp({ datasource, onClickExample }: QueryEditorHelpProps<CerQuery>) {
  const styles = useStyles2(getStyles);
  const { catalog } = useCatalog(datasource as unknown as CerDataSource);
  return (
    <section aria-label={labels.help.title}>
      <h2>{labels.help.title}</h2>
      <p>{labels.help.intro}</p>
      <ul className={styles.list}>
        {[...EXAMPLES, ...cohortExamples(catalog), ...gateExamples(catalog)].map(({ title, query }) => {
          const example = complete({ ...query, refId: 'A' });
          return (
            <li key={title}>
              <Button type="button" fill="text" className={styles.title} onClick={() => onClickExample(example)}>
                {title}
              </Button>
              <p>{sentence(example, catalog)}</p>
            </li>
          );
        })}
      </ul>
      <p>{labels.help.variables}</p>
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', li: { marginBottom: theme.spacing(1) }, p: { margin: 0 } }),
  // Flush with the sentence below.
  title: css({ padding: 0 }),
});
