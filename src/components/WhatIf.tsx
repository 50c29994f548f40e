import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Input, useStyles2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { isEmpty, NO_WEIGHTS, Weights, withFlow, withSLI } from '../flow/weights';
import { useWhatIf } from '../hooks/useWhatIf';
import { labels } from '../labels';
import { Catalog, Outcome, Standing, WhatIf as Answer } from '../types';

interface Props {
  uid: string;
  definition: string;
  catalog: Catalog;
  /** Writes the weights into the definition; none where it can't be changed. */
  onTakeOver?: (weights: Weights) => void;
}

/** Weights to move, and what the scores and the ranking would be with them. */
export function WhatIf({ uid, definition, catalog, onTakeOver }: Props) {
  const styles = useStyles2(getStyles);
  const [weights, setWeights] = useState<Weights>(NO_WEIGHTS);
  const { asking, answer, fault } = useWhatIf(uid, definition, weights);
  return (
    <div>
      <p>{labels.whatIf.intro}</p>
      <ul className={styles.list} aria-label={labels.whatIf.weights}>
        {catalog.flows.map((flow) => (
          <li key={flow.name}>
            <WeightField
              name={flow.name}
              strong
              weight={weights.flows[flow.name] ?? flow.weight}
              onChange={(weight) => setWeights(withFlow(weights, catalog, flow.name, weight))}
            />
            <ul className={styles.slis}>
              {flow.slis.map((sli) => (
                <li key={sli.name}>
                  <WeightField
                    name={`${flow.name}/${sli.name}`}
                    weight={weights.slis[`${flow.name}/${sli.name}`] ?? sli.weight}
                    onChange={(weight) => setWeights(withSLI(weights, catalog, flow.name, sli.name, weight))}
                  />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <div role="status" aria-label={labels.whatIf.outcome}>
        {asking && <p>{labels.whatIf.asking}</p>}
        {fault && <Alert severity="warning" title={labels.whatIf.failed(fault)} />}
        {answer && !asking && <Comparison answer={answer} />}
      </div>
      <p className={styles.buttons}>
        {onTakeOver && (
          <Button type="button" disabled={isEmpty(weights)} onClick={() => onTakeOver(weights)}>
            {labels.whatIf.takeOver}
          </Button>
        )}
        <Button type="button" variant="secondary" disabled={isEmpty(weights)} onClick={() => setWeights(NO_WEIGHTS)}>
          {labels.whatIf.discard}
        </Button>
      </p>
    </div>
  );
}

interface WeightFieldProps {
  name: string;
  weight: number;
  strong?: boolean;
  onChange: (weight: number) => void;
}

/** A weight that can be moved. A text that is no weight, as while it is being written, changes nothing. */
function WeightField({ name, weight, strong, onChange }: WeightFieldProps) {
  const styles = useStyles2(getStyles);
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
      {strong ? <strong>{name}</strong> : <span>{name.slice(name.indexOf('/') + 1)}</span>}
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

/** The scores now and then, and what would be to fix first. */
function Comparison({ answer: { now, then } }: { answer: Answer }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <table className={styles.table} aria-label={labels.whatIf.scores}>
        <thead>
          <tr>
            <th scope="col">{labels.whatIf.of}</th>
            <th scope="col">{labels.whatIf.now}</th>
            <th scope="col">{labels.whatIf.then}</th>
          </tr>
        </thead>
        <tbody>
          <Row name={labels.whatIf.overall} now={now.score} then={then.score} />
          {then.flows.map(({ flow, score }) => (
            <Row key={flow} name={flow} now={now.flows.find((f) => f.flow === flow)?.score ?? null} then={score} />
          ))}
        </tbody>
      </table>
      <div className={styles.rankings}>
        <Ranking title={labels.whatIf.firstNow} outcome={now} />
        <Ranking title={labels.whatIf.firstThen} outcome={then} />
      </div>
    </>
  );
}

function Row({ name, now, then }: { name: string; now: number | null; then: number | null }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{labels.whatIf.score(now)}</td>
      <td>{labels.whatIf.score(then)}</td>
    </tr>
  );
}

/** How many SLIs a ranking shows. */
const RANKED = 5;

function Ranking({ title, outcome }: { title: string; outcome: Outcome }) {
  const ranked = outcome.slis.filter(({ impact }: Standing) => (impact ?? 0) > 0).slice(0, RANKED);
  return (
    <div>
      <h6>{title}</h6>
      <ol aria-label={title}>
        {ranked.map(({ flow, sli, impact }) => (
          <li key={`${flow}/${sli}`}>{labels.whatIf.impact(`${flow}/${sli}`, impact ?? 0)}</li>
        ))}
      </ol>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none' }),
  slis: css({ listStyle: 'none', paddingLeft: theme.spacing(2) }),
  field: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    maxWidth: 360,
    padding: theme.spacing(0.25, 0),
  }),
  table: css({
    margin: theme.spacing(1, 0),
    'th, td': { padding: theme.spacing(0.25, 2, 0.25, 0), textAlign: 'left' },
  }),
  rankings: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(4), ol: { paddingLeft: theme.spacing(3) } }),
  buttons: css({ display: 'flex', gap: theme.spacing(1), marginTop: theme.spacing(1) }),
});
