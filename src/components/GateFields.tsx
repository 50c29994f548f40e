import { InlineField, InlineFieldRow, Select } from '@grafana/ui';
import React, { useId } from 'react';
import { gateOf, gatesOf, isSince, sinceOf } from '../flow/gate';
import { hasVariable } from '../flow/names';
import { CohortSource, useCohorts } from '../hooks/useCohorts';
import { labels } from '../labels';
import { Catalog, CompleteQuery } from '../types';
import { listed } from './CohortFields';
import { TextField } from './TextField';

interface Props {
  source: CohortSource;
  catalog?: Catalog;
  query: CompleteQuery;
  /** The dashboard variables on offer. */
  variables: string[];
  onChange: (query: CompleteQuery) => void;
}

/** The cohorts that a gate compares. */
const ARMS = ['candidate', 'baseline'] as const;

/** Which gate is asked, what it compares, and since when. */
export function GateFields({ source, catalog, query, variables, onChange }: Props) {
  const { values, load } = useCohorts(source);
  const gate = gateOf(catalog, query);
  const dimension = gate?.compare?.dimension;
  const cohorts = dimension ? (values[dimension] ?? listed(catalog, dimension)) : [];
  // A gate that compares nothing has no arms. Those that the query names anyway are shown, so that they can be removed.
  const takesArms = !gate || dimension !== undefined;
  const change = (field: 'candidate' | 'baseline' | 'since') => (text: string) =>
    onChange({ ...query, [field]: text.trim() || undefined });
  return (
    <InlineFieldRow>
      <GateField
        gate={query.gate}
        catalog={catalog}
        variables={variables}
        onChange={(name) => onChange({ ...query, gate: name })}
      />
      {ARMS.filter((arm) => takesArms || query[arm] !== undefined).map((arm) => (
        <TextField
          key={arm}
          label={labels.query[arm]}
          tooltip={labels.query[`${arm}Tooltip`]}
          text={query[arm] ?? ''}
          placeholder={gate?.compare?.[arm] ?? labels.query.armPlaceholder}
          known={[...variables, ...cohorts]}
          width={18}
          onOpen={() => dimension && load(dimension)}
          onChange={change(arm)}
        />
      ))}
      <TextField
        label={labels.query.since}
        tooltip={labels.query.sinceTooltip}
        text={query.since ?? ''}
        placeholder={labels.query.sincePlaceholder}
        known={[...sinceOf(catalog), ...variables]}
        width={28}
        isInvalid={(text) => !isSince(text)}
        onChange={change('since')}
      />
    </InlineFieldRow>
  );
}

/** A choice of a gate. One that the catalog does not have is kept and marked. */
function GateField(props: { gate?: string; onChange: (gate?: string) => void } & Pick<Props, 'catalog' | 'variables'>) {
  const { gate, catalog, variables, onChange } = props;
  const id = useId();
  const names = catalog && gatesOf(catalog);
  const isUnknown = !!gate && !!names && !names.includes(gate) && !hasVariable([gate]);
  const options = [...variables, ...(names ?? [])].map((name) => ({ label: name, value: name }));
  const chosen = gate ? { label: isUnknown ? labels.query.unknownName(gate) : gate, value: gate } : null;
  return (
    <InlineField
      label={labels.query.gate}
      tooltip={names?.length === 0 ? labels.query.noGates : labels.query.gateTooltip}
      labelWidth={14}
      htmlFor={id}
      invalid={isUnknown}
    >
      <Select<string>
        inputId={id}
        aria-label={labels.query.gate}
        width={28}
        options={options}
        value={chosen}
        placeholder={labels.query.gatePlaceholder}
        noOptionsMessage={labels.query.noGates}
        allowCustomValue
        formatCreateLabel={labels.query.customName}
        onChange={({ value }) => onChange(value?.trim() || undefined)}
      />
    </InlineField>
  );
}
