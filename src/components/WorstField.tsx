import { InlineField, Input } from '@grafana/ui';
import React, { useId } from 'react';
import { wholeNumber } from '../flow/settings';
import { labels } from '../labels';

interface Props {
  worst?: number;
  onChange: (worst?: number) => void;
}

/** How many members to show, those that need attention most; all where it is empty. */
export function WorstField({ worst, onChange }: Props) {
  const id = useId();
  return (
    <InlineField label={labels.query.worst} tooltip={labels.query.worstTooltip} labelWidth={14} htmlFor={id}>
      <Input
        id={id}
        type="number"
        min={1}
        width={10}
        value={worst ?? ''}
        placeholder={labels.query.all}
        onChange={({ currentTarget }) => onChange(wholeNumber(currentTarget.value))}
      />
    </InlineField>
  );
}
