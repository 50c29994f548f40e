import { AsyncSelect } from '@grafana/ui';
import React from 'react';

interface Props {
  label: string;
  placeholder?: string;
  value: string;
  width?: number;
  /** Lists the names on offer that contain a text. */
  load: (typed: string) => Promise<string[]>;
  /** Changes when other names are offered, so that the list is rebuilt. */
  of: string;
  onChange: (value: string) => void;
}

/** A name of the store's, chosen from those that it has, or written. */
export function StoreSelect({ label, placeholder, value, width, load, of, onChange }: Props) {
  const options = async (typed: string) => {
    const names = await load(typed);
    return names
      .filter((name) => name.toLowerCase().includes(typed.toLowerCase()))
      .map((name) => ({ label: name, value: name }));
  };
  return (
    <AsyncSelect<string>
      key={of}
      aria-label={label}
      placeholder={placeholder}
      width={width}
      allowCustomValue
      isClearable
      defaultOptions
      loadOptions={options}
      value={value === '' ? null : { label: value, value }}
      onChange={(chosen) => onChange(chosen?.value?.trim() ?? '')}
    />
  );
}
