import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Input, useStyles2 } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';
import { isEmpty, NO_WEIGHTS, Weights, withFlow, within, withSLI } from '../flow/weights';
import { useWhatIf } from '../hooks/useWhatIf';
import { labels } from '../labels';
import { Catalog } from '../types';
import { Comparison } from './Comparison';

interface Props {
  uid: string;
  catalog: Catalog;
  /** The definition of the catalog, which need not be saved; none for the saved catalog. */
  definition?: string;
  /** The definition is being checked. */
  checking?: boolean;
  /** The definition is not valid, and the catalog that of an earlier one. */
  invalid?: boolean;
  /** Writes the weights into the definition; none where it can't be changed. */
  onTakeOver?: (weights: Weights) => void;
}

/** Weights to move, and what the scores and the ranking would be with them, compared with the saved catalog. */
export function WhatIf({ uid, catalog, definition, checking = false, invalid = false, onTakeOver }: Props) {
  const styles = useStyles2(getStyles);
  const [moved, setWeights] = useState<Weights>(NO_WEIGHTS);
  const weights = useMemo(() => within(moved, catalog), [moved, catalog]);
  const { asking, answer, fault } = useWhatIf(uid, { weights, definition, paused: checking || invalid });
  const takeOver = () => {
    onTakeOver?.(weights);
    setWeights(NO_WEIGHTS);
  };
  return (
    <div>
      <p>{labels.whatIf.intro}</p>
      <div className={styles.columns}>
        <ul className={styles.list} aria-label={labels.whatIf.weights}>
          {catalog.flows.map((flow) => (
            <li key={flow.name}>
              <WeightField
                name={flow.name}
                title={flow.title ?? flow.name}
                strong
                note={flow.weightBy && labels.whatIf.weightBy[flow.weightBy]}
                weight={flow.weight}
                moved={weights.flows[flow.name]}
                onChange={(weight) => setWeights(withFlow(weights, catalog, flow.name, weight))}
              />
              <ul className={styles.slis}>
                {flow.slis.map((sli) => (
                  <li key={sli.name}>
                    <WeightField
                      name={`${flow.name}/${sli.name}`}
                      title={sli.title ?? sli.name}
                      weight={sli.weight}
                      moved={weights.slis[`${flow.name}/${sli.name}`]}
                      onChange={(weight) => setWeights(withSLI(weights, catalog, flow.name, sli.name, weight))}
                    />
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
        <div className={styles.outcome}>
          <div role="status" aria-label={labels.whatIf.outcome} aria-busy={asking || checking}>
            {invalid && <p>{labels.whatIf.invalid}</p>}
            {!invalid && (asking || checking) && <p className={styles.busy}>{labels.whatIf.asking}</p>}
            {fault && <Alert severity="warning" title={labels.whatIf.failed(fault)} />}
            {answer && (
              <div className={asking || checking || invalid ? styles.old : undefined}>
                <Comparison answer={answer} catalog={catalog} />
              </div>
            )}
          </div>
          <p className={styles.buttons}>
            {onTakeOver && (
              <Button type="button" disabled={isEmpty(weights) || invalid} onClick={takeOver}>
                {labels.whatIf.takeOver}
              </Button>
            )}
            <Button
              type="button"
              variant="secondary"
              disabled={isEmpty(weights)}
              onClick={() => setWeights(NO_WEIGHTS)}
            >
              {labels.whatIf.discard}
            </Button>
          </p>
        </div>
      </div>
    </div>
  );
}

interface WeightFieldProps {
  name: string;
  /** The title of the flow or SLI, or its name without its flow. */
  title: string;
  /** What the catalog says. */
  weight: number;
  /** What it is moved to; none where it is left as it is. */
  moved?: number;
  strong?: boolean;
  /** What the weight follows. */
  note?: string;
  onChange: (weight: number) => void;
}

/** A weight that can be moved. A text that is no weight, as while it is being written, changes nothing. */
function WeightField({ name, title, weight: was, moved, strong, note, onChange }: WeightFieldProps) {
  const styles = useStyles2(getStyles);
  const weight = moved ?? was;
  const [text, setText] = useState(String(weight));
  useEffect(() => {
    setText((before) => (Number(before) === weight ? before : String(weight)));
  }, [weight]);
  const write = (written: string) => {
    setText(written);
    if (written !== '' && Number(written) >= 0) {
      onChange(Number(written));
    }
  };
  return (
    <label className={styles.field}>
      <span className={strong ? undefined : styles.sli}>
        {strong ? <strong>{title}</strong> : title} {note && <small>{note}</small>}
      </span>
      {moved !== undefined && <small className={styles.was}>{labels.whatIf.was(was)}</small>}
      <Input
        type="number"
        min={0}
        step="any"
        width={12}
        aria-label={labels.whatIf.weight(name)}
        value={text}
        onChange={({ currentTarget }) => write(currentTarget.value)}
        onBlur={() => setText(String(weight))}
      />
    </label>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(4) }),
  list: css({ listStyle: 'none', flex: '1 1 320px', maxWidth: 360 }),
  // In sight beside the weights, however many there are, and below the header that newer Grafanas keep over the page.
  outcome: css({ flex: '1 1 320px', minWidth: 0, position: 'sticky', top: theme.spacing(11), alignSelf: 'flex-start' }),
  slis: css({ listStyle: 'none' }),
  sli: css({ paddingLeft: theme.spacing(2) }),
  field: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(0.25, 0),
  }),
  was: css({ marginLeft: 'auto', color: theme.colors.text.secondary }),
  busy: css({ margin: 0 }),
  // Numbers that are about to change; no less readable than text in Grafana that can't be used.
  old: css({ color: theme.colors.text.secondary }),
  buttons: css({ display: 'flex', gap: theme.spacing(1), marginTop: theme.spacing(1) }),
});
