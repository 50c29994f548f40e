import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, ClipboardButton, LinkButton, useStyles2 } from '@grafana/ui';
import React from 'react';
import { PanelTime } from '../flow/expansion';
import { exploreUrl } from '../flow/exploreUrl';
import { inWords } from '../flow/window';
import { prometheusSource } from '../hooks/prometheusSource';
import { ExpansionSource, useExpansions } from '../hooks/useExpansions';
import { labels } from '../labels';
import { CompleteQuery, Expansion } from '../types';

interface Props {
  source: ExpansionSource;
  /** The query, with its variables replaced. */
  query: CompleteQuery;
  /** When the panel asks. */
  time: PanelTime;
}

/** The PromQL behind a query: a block for each SLI, and for what is read beside SLIs. */
export function PromQL({ source, query, time }: Props) {
  const styles = useStyles2(getStyles);
  const { expansions, fault } = useExpansions(source, query, time);
  if (fault) {
    return <Alert severity="warning" title={fault} />;
  }
  if (!expansions) {
    return <p role="status">{labels.query.promqlLoading}</p>;
  }
  if (expansions.length === 0) {
    return <p>{labels.query.promqlNone}</p>;
  }
  return (
    <div className={styles.list} role="region" aria-label={labels.query.promql} tabIndex={0}>
      <dl>
        {expansions.map((expansion, i) => (
          <React.Fragment key={i}>
            <dt>
              {subject(expansion)} = <code>{expansion.formula}</code>
            </dt>
            {expansion.queries.map(({ name, promql }) => (
              <dd key={name}>
                <code>
                  {name} = {promql}
                </code>
                <Actions promql={promql} time={time} />
              </dd>
            ))}
            {merged(expansion).map((request) => (
              <dd key={request}>
                {labels.query.promqlMerged} <code>{request}</code>
                <Actions promql={request} time={time} />
              </dd>
            ))}
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}

/** What can be done with PromQL: it is copied, or asked of a data source of Prometheus where Grafana has one. */
function Actions({ promql, time }: { promql: string; time: PanelTime }) {
  const store = prometheusSource();
  const look = { variant: 'secondary', fill: 'text', size: 'sm' } as const;
  return (
    <>
      <ClipboardButton {...look} icon="copy" aria-label={labels.query.copyPromQL} getText={() => promql} />
      {store && (
        <LinkButton
          {...look}
          icon="compass"
          aria-label={labels.query.explorePromQL(store.name)}
          tooltip={labels.query.explorePromQL(store.name)}
          href={exploreUrl(store.uid, promql, time.range)}
          target="_blank"
        />
      )}
    </>
  );
}

/** merged returns the requests by which expressions are sent together with others, each once. */
function merged({ queries }: Expansion): string[] {
  return [...new Set(queries.flatMap(({ request }) => request ?? []))];
}

/** subject says what the PromQL is read for. */
function subject({ flow, sli, of, name = '', window = '' }: Expansion): string {
  return of ? labels.query.promqlOf[of](name) : `${flow}/${sli} ${labels.query.promqlNote(inWords(window))}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    maxHeight: 320,
    overflow: 'auto',
    margin: theme.spacing(1, 0, 0),
    padding: theme.spacing(1),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: 2,
    fontSize: theme.typography.bodySmall.fontSize,
    dt: { fontWeight: theme.typography.fontWeightMedium },
    dd: { margin: theme.spacing(0, 0, 0.5, 2) },
    // Without the box that Grafana draws around code.
    code: { padding: 0, border: 'none', background: 'none', whiteSpace: 'pre-wrap', wordBreak: 'break-word' },
  }),
});
