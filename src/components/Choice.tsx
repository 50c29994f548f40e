import { RadioButtonGroup } from '@grafana/ui';
import React from 'react';

interface Props<T extends string> {
  label: string;
  value: T;
  values: readonly T[];
  names: Record<T, { label: string; description: string }>;
  /** Which values can't be chosen now. */
  isDisabled?: (value: T) => boolean;
  onChange: (value: T) => void;
  /** Set by the field around it. */
  disabled?: boolean;
}

/** A choice of a few values that are all in sight. */
export function Choice<T extends string>({ label, value, values, names, isDisabled, onChange, disabled }: Props<T>) {
  return (
    <div role="group" aria-label={label}>
      <RadioButtonGroup<T>
        options={values.map((v) => ({ value: v, ...names[v], ariaLabel: names[v].label }))}
        value={value}
        disabled={disabled}
        disabledOptions={values.filter((v) => isDisabled?.(v))}
        onChange={onChange}
      />
    </div>
  );
}
