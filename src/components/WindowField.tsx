import { InlineField, Select } from '@grafana/ui';
import React, { useId } from 'react';
import { isWindow, WINDOWS } from '../flow/window';
import { labels } from '../labels';

interface Props {
  window: string;
  /** The dashboard variables on offer. */
  variables: string[];
  onChange: (window: string) => void;
}

/** A choice of how far back SLIs look. A text that is no window can't be chosen. */
export function WindowField({ window, variables, onChange }: Props) {
  const id = useId();
  const values = [...new Set([...WINDOWS, ...variables, window])];
  return (
    <InlineField
      label={labels.query.window}
      tooltip={labels.query.windowTooltip}
      labelWidth={14}
      htmlFor={id}
      invalid={!isWindow(window)}
    >
      <Select<string>
        inputId={id}
        aria-label={labels.query.window}
        width={28}
        options={values.map((value) => ({ value, ...(labels.query.windows[value] ?? { label: value }) }))}
        value={window}
        allowCustomValue
        isValidNewOption={(text) => isWindow(text.trim()) && !values.includes(text.trim())}
        formatCreateLabel={labels.query.customWindow}
        onChange={({ value }) => value && onChange(value.trim())}
      />
    </InlineField>
  );
}
