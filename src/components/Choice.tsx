import { css } from '@emotion/css';
import { RadioButtonGroup } from '@grafana/ui';
import React from 'react';

interface Props<T extends string> {
  label: string;
  value: T;
  values: readonly T[];
  names: Record<T, { label: string; description: string }>;
  onChange: (value: T) => void;
  /** Set by the field around it. */
  disabled?: boolean;
}

/** Where there is little room, as in half of Explore, the values take several lines. */
const wrapping = css({ flexWrap: 'wrap', height: 'auto', maxWidth: '100%' });
const shrinking = css({ minWidth: 0 });

/** A choice of a few values that are all in sight. */
export function Choice<T extends string>({ label, value, values, names, onChange, disabled }: Props<T>) {
  return (
    <div role="group" aria-label={label} className={shrinking}>
      <RadioButtonGroup<T>
        className={wrapping}
        options={values.map((v) => ({ value: v, ...names[v], ariaLabel: names[v].label }))}
        value={value}
        disabled={disabled}
        onChange={onChange}
      />
    </div>
  );
}
