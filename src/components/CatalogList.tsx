import { css, cx } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Button, Icon, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Measured } from '../flow/preview';
import { percent } from '../flow/settings';
import { PREVIEW_SPAN, Previews, PreviewState } from '../hooks/usePreviews';
import { labels } from '../labels';
import { Catalog, Flow, Sli, Unmatched } from '../types';
import { DimensionList } from './DimensionList';
import { MeasuredLine } from './MeasuredLine';

interface Props {
  catalog?: Catalog;
  /** The definition has changed since, and is not valid now. */
  stale: boolean;
  unmatched: Unmatched[];
  /** What flows measure; left out where previews are not wanted. */
  previews?: Previews;
  /** Renders the tools for the objective of a flow; left out where the backend can't be asked. */
  calibrate?: (flow: string) => React.ReactNode;
}

/** What a catalog says: flows with their share of the weight, their SLIs, what they measure, what matches nothing, and cohorts. */
export function CatalogList({ catalog, stale, unmatched, previews, calibrate }: Props) {
  const styles = useStyles2(getStyles);
  if (!catalog) {
    return <p>{labels.list.empty}</p>;
  }
  const slis = catalog.flows.reduce((n, flow) => n + flow.slis.length, 0);
  return (
    <div className={stale ? styles.stale : undefined}>
      <h4>{labels.list.title}</h4>
      <p>
        {catalog.name}: {labels.list.summary(catalog.flows.length, slis)}.{' '}
        {stale && <strong>{labels.list.stale}</strong>}
      </p>
      <DimensionList catalog={catalog} />
      {unmatched.length > 0 && (
        <div className={cx(styles.flow, styles.unmatched)}>
          <Icon name="exclamation-triangle" /> {labels.list.unmatchedSum(unmatched.length)}
        </div>
      )}
      <ul className={styles.list} aria-label={labels.list.flows}>
        {catalog.flows.map((flow) => (
          <FlowItem
            key={flow.name}
            flow={flow}
            unmatched={unmatched.filter((u) => u.flow === flow.name)}
            state={previews?.flows[flow.name]}
            onAsk={previews && (() => previews.ask(flow.name))}
          >
            {calibrate?.(flow.name)}
          </FlowItem>
        ))}
      </ul>
    </div>
  );
}

interface FlowProps {
  flow: Flow;
  unmatched: Unmatched[];
  state?: PreviewState;
  /** Asks what the flow measures. */
  onAsk?: () => void;
  children?: React.ReactNode;
}

/** A flow, its share of the weight, what it measures, and its SLIs. */
function FlowItem({ flow, unmatched, state, onAsk, children }: FlowProps) {
  const styles = useStyles2(getStyles);
  const preview = state?.preview;
  return (
    <li className={styles.flow}>
      <div className={styles.row}>
        <span>
          <strong title={flow.description}>{flow.title || flow.name}</strong>
          {flow.weightBy && (
            <small>
              {' '}
              <abbr title={labels.list[`${flow.weightBy}Tooltip`]}>{labels.list[flow.weightBy]}</abbr>
            </small>
          )}
        </span>
        <Bar name={flow.name} share={flow.share} />
      </div>
      {preview?.flow && <MeasuredLine measured={preview.flow} objective={flow.objective} span={PREVIEW_SPAN} />}
      {state?.fault && <div className={styles.unmatched}>{labels.preview.failed(state.fault)}</div>}
      {onAsk && !preview && !state?.fault && (
        <Button type="button" size="sm" fill="text" variant="secondary" disabled={state?.asking} onClick={onAsk}>
          {state?.asking ? labels.preview.asking : labels.preview.ask(flow.title || flow.name)}
        </Button>
      )}
      {children}
      <ul className={styles.list} aria-label={labels.list.slis(flow.name)}>
        {flow.slis.map((sli) => (
          <SliItem
            key={sli.name}
            sli={sli}
            unmatched={unmatched.filter((u) => u.sli === sli.name)}
            measured={preview?.slis.find(({ name }) => name === sli.name)}
          />
        ))}
      </ul>
    </li>
  );
}

/** An SLI, what it is, its share of its flow's weight, what it measures, and its selectors that match nothing. */
function SliItem({ sli, unmatched, measured }: { sli: Sli; unmatched: Unmatched[]; measured?: Measured }) {
  const styles = useStyles2(getStyles);
  const missing = labels.list.missing[sli.missing ?? 'ignore'];
  return (
    <li className={styles.sli}>
      <div className={styles.row}>
        <span>
          <span title={sli.description}>{sli.title || sli.name}</span>{' '}
          <small>
            {sli.component === sli.kind ? sli.kind : `${sli.component}, ${sli.kind}`}
            {sli.key && (
              <>
                , <abbr title={labels.list.keyTooltip}>{labels.list.key}</abbr>
              </>
            )}
            {sli.fallback && (
              <>
                , <abbr title={labels.list.fallbackTooltip(sli.fallback)}>{labels.list.fallback(sli.fallback)}</abbr>
              </>
            )}
            {missing && (
              <>
                , <abbr title={missing.description}>{missing.label}</abbr>
              </>
            )}
          </small>
        </span>
        <Bar name={sli.name} share={sli.share} thin />
      </div>
      {measured && <MeasuredLine measured={measured} objective={sli.objective} span={PREVIEW_SPAN} />}
      {unmatched.map(({ selector, untrusted, advice }) => (
        <div key={selector} className={styles.unmatched}>
          <Icon name="exclamation-triangle" />{' '}
          {untrusted ? labels.list.untrusted(selector) : labels.list.unmatched(selector)}
          {advice && `; ${advice}`}
        </div>
      ))}
    </li>
  );
}

/** A share of weight as a bar. */
function Bar({ name, share, thin }: { name: string; share: number; thin?: boolean }) {
  const styles = useStyles2(getStyles);
  const text = percent(share);
  return (
    <span className={styles.share}>
      <span className={cx(styles.track, thin && styles.thin)} role="img" aria-label={labels.list.share(name, text)}>
        <span className={styles.bar} style={{ width: `${share * 100}%` }} />
      </span>
      <span aria-hidden>{text}</span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  stale: css({ fontStyle: 'italic' }),
  list: css({ listStyle: 'none' }),
  flow: css({ marginBottom: theme.spacing(1) }),
  row: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(0.25, 0),
  }),
  sli: css({ paddingLeft: theme.spacing(2) }),
  share: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), flex: '0 0 160px', whiteSpace: 'nowrap' }),
  track: css({ flex: '0 0 96px', height: 8, background: theme.colors.background.secondary, borderRadius: 4 }),
  thin: css({ height: 4 }),
  bar: css({ display: 'block', height: '100%', background: theme.colors.primary.main, borderRadius: 4 }),
  unmatched: css({ color: theme.colors.warning.text, overflowWrap: 'anywhere' }),
});
