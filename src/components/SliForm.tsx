import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Checkbox, Field, Input, Select, useStyles2 } from '@grafana/ui';
import React, { useId, useMemo, useState } from 'react';
import { histogramsOf } from '../flow/completion';
import { Draft, DRAFT_KINDS, DRAFTS, edgeText, isComplete, newDraft, written } from '../flow/draft';
import { wordsAt } from '../flow/schema';
import { storeNames } from '../hooks/storeNames';
import { useDraftPreview } from '../hooks/useDraftPreview';
import { labels } from '../labels';
import { Choice } from './Choice';
import { DraftPicture } from './DraftPicture';
import { MatcherRows } from './MatcherRows';
import { StoreSelect } from './StoreSelect';

interface Props {
  uid: string;
  definition: string;
  /** The flows that there are; none for an SLI of a flow that is made too. */
  flows?: string[];
  /** Where the cursor is in the definition, and the flow that it is in. */
  offset?: number;
  flow?: string;
  /** Puts the definition with the SLI into the editor. */
  onWrite: (definition: string) => void;
}

const COMPONENTS = wordsAt(['spec', 'flows', 0, 'slis', 0, 'component']);

/** One SLI to choose, drawn meanwhile as it would be, and written into the definition: into a flow that there is, or a new one. */
export function SliForm({ uid, definition, flows, offset, flow, onWrite }: Props) {
  const styles = useStyles2(getStyles);
  const text = labels.draft;
  const [draft, setDraft] = useState<Draft>(() => newDraft(flow ?? flows?.[0] ?? ''));
  const [done, setDone] = useState(false);
  const change = (more: Partial<Draft>) => {
    setDone(false);
    setDraft((before) => ({ ...before, ...more }));
  };
  const whole = done ? undefined : written(definition, draft, flows === undefined, offset);
  const after = isComplete(draft) ? whole : undefined;
  const state = useDraftPreview(uid, draft.flow.trim(), draft.name.trim(), after);
  const submit = () => {
    if (after !== undefined) {
      onWrite(after);
      setDone(true);
    }
  };
  return (
    <div className={styles.columns}>
      <div className={styles.fields}>
        <FlowFields draft={draft} flows={flows} onChange={change} />
        <IndicatorFields uid={uid} draft={draft} onChange={change} />
        <NameFields draft={draft} onChange={change} />
      </div>
      <div className={styles.picture}>
        {!done &&
          (whole === undefined ? <Alert severity="warning" title={text.noPlace} /> : <DraftPicture state={state} />)}
        <Button type="button" disabled={after === undefined} onClick={submit}>
          {flows ? text.submit : text.submitFlow}
        </Button>
        {done && <p role="status">{text.done(draft.name, draft.flow)}</p>}
      </div>
    </div>
  );
}

interface FieldsProps {
  draft: Draft;
  onChange: (more: Partial<Draft>) => void;
}

/** Which flow the SLI belongs to, or what the new one is called. */
function FlowFields({ draft, flows, onChange }: FieldsProps & { flows?: string[] }) {
  const text = labels.draft;
  const id = useId();
  const titleId = useId();
  if (flows) {
    return (
      <Field label={text.flow} htmlFor={id}>
        <Select<string>
          inputId={id}
          aria-label={text.flow}
          options={flows.map((name) => ({ label: name, value: name }))}
          value={draft.flow}
          onChange={({ value }) => onChange({ flow: value ?? '' })}
        />
      </Field>
    );
  }
  return (
    <>
      <Field label={text.flowName} description={text.flowNameHelp} htmlFor={id}>
        <Input
          id={id}
          aria-label={text.flowName}
          placeholder="checkout"
          value={draft.flow}
          onChange={(event) => onChange({ flow: event.currentTarget.value })}
        />
      </Field>
      <Field label={text.flowTitle} htmlFor={titleId}>
        <Input id={titleId} value={draft.title} onChange={(event) => onChange({ title: event.currentTarget.value })} />
      </Field>
    </>
  );
}

/** What is measured: which metric, which of its series, and which of these are bad or fast enough. */
function IndicatorFields({ uid, draft, onChange }: FieldsProps & { uid: string }) {
  const text = labels.draft;
  const ask = useMemo(() => storeNames(uid), [uid]);
  const { kind, metric, matchers, bad } = draft;
  const isLatency = kind === 'latency';
  const metrics = async (typed: string) => {
    const { values } = await ask({ kind: 'metric', typed });
    return isLatency ? histogramsOf(values) : values;
  };
  const edges = async () => {
    const { values } = await ask({ kind: 'value', typed: '', metric: `${metric}_bucket`, label: 'le' });
    const sorted = [...values].sort((a, b) => Number(a) - Number(b));
    return sorted.flatMap((le) => edgeText(le, metric) ?? []);
  };
  return (
    <>
      <Field label={text.kind}>
        <Choice
          label={text.kind}
          value={kind}
          values={DRAFT_KINDS}
          names={text.kinds}
          onChange={(to) => onChange({ kind: to, ...DRAFTS[to], metric: '' })}
        />
      </Field>
      <Field label={text.metric[kind]}>
        <StoreSelect
          label={text.metric[kind]}
          placeholder={text.metricPlaceholder}
          of={kind}
          value={metric}
          load={metrics}
          onChange={(to) => onChange({ metric: to })}
        />
      </Field>
      {metric !== '' && (
        <Field>
          <MatcherRows
            label={text.matchers}
            metric={isLatency ? `${metric}_bucket` : metric}
            matchers={matchers}
            ask={ask}
            onChange={(to) => onChange({ matchers: to })}
          />
        </Field>
      )}
      {metric !== '' && kind === 'ratio' && (
        <Field>
          <MatcherRows
            label={text.bad}
            metric={metric}
            matchers={bad}
            ask={ask}
            onChange={(to) => onChange({ bad: to })}
          />
        </Field>
      )}
      {metric !== '' && isLatency && (
        <Field label={text.under} description={text.underHelp}>
          <StoreSelect
            label={text.under}
            placeholder="such as 500ms"
            of={metric}
            value={draft.under}
            load={edges}
            onChange={(under) => onChange({ under })}
          />
        </Field>
      )}
    </>
  );
}

/** What the SLI is called and speaks for, and how much it counts. */
function NameFields({ draft, onChange }: FieldsProps) {
  const styles = useStyles2(getStyles);
  const text = labels.draft;
  const [nameId, componentId, weightId] = [useId(), useId(), useId()];
  return (
    <>
      <div className={styles.row}>
        <Field label={text.name} htmlFor={nameId}>
          <Input id={nameId} value={draft.name} onChange={(event) => onChange({ name: event.currentTarget.value })} />
        </Field>
        <Field label={text.component} htmlFor={componentId}>
          <Select<string>
            inputId={componentId}
            aria-label={text.component}
            width={24}
            options={COMPONENTS.map(({ name, doc }) => ({ label: name, value: name, description: doc }))}
            value={draft.component}
            onChange={({ value }) => value && onChange({ component: value })}
          />
        </Field>
        <Field label={text.weight} htmlFor={weightId}>
          <Input
            id={weightId}
            type="number"
            min={0}
            step="any"
            width={12}
            value={draft.weight}
            onChange={(event) => onChange({ weight: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Checkbox
        label={text.key}
        description={labels.list.keyTooltip}
        value={draft.key}
        onChange={(event) => onChange({ key: event.currentTarget.checked })}
      />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(4) }),
  fields: css({ flex: '1 1 420px', minWidth: 0, maxWidth: 600 }),
  picture: css({ flex: '1 1 360px', minWidth: 0 }),
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2) }),
});
