import { InlineField, Input } from '@grafana/ui';
import React, { useId } from 'react';

export interface SettingProps {
  label: string;
  tooltip: string;
  placeholder: string;
  value?: string;
  readOnly: boolean;
}

interface Props extends SettingProps {
  type?: string;
  min?: number;
  error?: string;
  /** The width of a setting in a row with others, where the label is as wide as its text. Left out, it is one of a column. */
  width?: number;
  onChange: (value: string) => void;
}

/** A setting that is a text. */
export function TextSetting(props: Props) {
  const { label, tooltip, placeholder, value, type, min = 1, error, width, readOnly, onChange } = props;
  const id = useId();
  return (
    <InlineField
      label={label}
      tooltip={tooltip}
      labelWidth={width === undefined ? 26 : undefined}
      htmlFor={id}
      disabled={readOnly}
      invalid={Boolean(error)}
      error={error}
    >
      <Input
        id={id}
        width={width ?? 40}
        type={type}
        min={type === 'number' ? min : undefined}
        placeholder={placeholder}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </InlineField>
  );
}
