import { css, cx } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { isKept, isScore, known, Measured, share, tightest, valueText } from '../flow/preview';
import { labels } from '../labels';
import { Sparkline } from './Sparkline';

interface Props {
  measured: Measured;
  objective?: number;
  /** How long the history is, in words. */
  span: string;
}

/** What a flow or an SLI measures now, the course of its score, and which objectives that kept. */
export function MeasuredLine({ measured, objective, span }: Props) {
  const styles = useStyles2(getStyles);
  const text = labels.preview;
  const { name, value, score, traffic, kept, history } = measured;
  const numbers = [
    value !== null && !isScore(measured) && text.value(valueText(measured)),
    score === null ? text.noScore : text.score(share(score)),
    traffic !== null && text.traffic(traffic),
  ].filter(Boolean);
  const missed = kept !== null && objective !== undefined && !isKept(kept, objective);
  return (
    <div className={styles.line}>
      <span>
        {numbers.join(', ')}
        {kept !== null && (
          <>
            {'; '}
            <span className={cx(missed && styles.missed)}>
              {text.kept(span, known(history), share(kept))},{' '}
              {missed ? text.missed(objective, tightest(kept)) : text.keeps(tightest(kept))}
            </span>
          </>
        )}
      </span>
      <Sparkline label={text.history(name, span)} values={history} width={160} min={lowest(history)} max={1} />
    </div>
  );
}

/** How much of the scores a history shows at least, so that noise does not look like an outage. */
const LEAST = 0.05;

/** lowest returns the score at the lower edge of a history. */
function lowest(history: Array<number | null>): number {
  return Math.min(1 - LEAST, ...history.filter((score): score is number => score !== null));
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  missed: css({ color: theme.colors.warning.text }),
});
