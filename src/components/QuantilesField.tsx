import { InlineField, MultiSelect } from '@grafana/ui';
import React, { useId } from 'react';
import { percentile, quantileOf, QUANTILES, quantilesOf } from '../flow/quantiles';
import { labels } from '../labels';

interface Props {
  /** The quantiles that the query names; undefined for the default ones. */
  q?: number[];
  onChange: (q?: number[]) => void;
}

/** A choice of quantiles. Others can be typed, as 0.9 or p90. */
export function QuantilesField({ q, onChange }: Props) {
  const id = useId();
  const chosen = quantilesOf({ q });
  const known = [...new Set([...QUANTILES, ...chosen])].sort((a, b) => a - b);
  const change = (values: number[]) => onChange(values.length > 0 ? values.sort((a, b) => a - b) : undefined);
  return (
    <InlineField
      label={labels.query.quantiles}
      tooltip={labels.query.quantilesTooltip}
      labelWidth={14}
      htmlFor={id}
      grow
    >
      <MultiSelect<number>
        inputId={id}
        aria-label={labels.query.quantiles}
        options={known.map((value) => ({ label: percentile(value), value }))}
        value={chosen}
        allowCustomValue
        isValidNewOption={(text) => quantileOf(text) !== undefined && !known.includes(quantileOf(text)!)}
        formatCreateLabel={(text) => labels.query.customName(percentile(quantileOf(text)!))}
        closeMenuOnSelect={false}
        onChange={(values) => change(values.flatMap(({ value }) => quantileOf(String(value)) ?? []))}
      />
    </InlineField>
  );
}
