import { InlineField, MultiSelect } from '@grafana/ui';
import React, { useId } from 'react';
import { hasVariable } from '../flow/names';
import { labels } from '../labels';

interface Props {
  label: string;
  tooltip: string;
  /** The names chosen; none stands for all. */
  names: string[];
  /** The names on offer; undefined while nobody knows them. */
  known?: string[];
  /** What a name is called where people read. */
  titleOf?: (name: string) => string | undefined;
  /** The dashboard variables on offer. */
  variables: string[];
  loading?: boolean;
  disabled?: boolean;
  /** Other names are right too. */
  free?: boolean;
  placeholder?: string;
  labelWidth?: number;
  /** Called when the choice opens. */
  onOpen?: () => void;
  onChange: (names: string[]) => void;
}

/** A choice of names out of the catalog, and of variables. Names that the catalog does not have are kept and marked. */
export function NamesField(props: Props) {
  const {
    label,
    tooltip,
    names,
    known,
    titleOf,
    variables,
    loading,
    disabled,
    free,
    placeholder,
    labelWidth,
    onOpen,
    onChange,
  } = props;
  const id = useId();
  const isKnown = (name: string) => !known || free || known.includes(name) || hasVariable([name]);
  const unknown = names.filter((name) => !isKnown(name));
  const options = [
    ...variables.map((name) => ({ label: name, value: name })),
    ...(known ?? []).map((name) => ({ label: name, value: name, description: titleOf?.(name) })),
    ...unknown.map((name) => ({ label: labels.query.unknownName(name), value: name })),
  ];
  const chosen = names.map((name) => options.find((o) => o.value === name) ?? { label: name, value: name });
  return (
    <InlineField
      label={label}
      tooltip={tooltip}
      labelWidth={labelWidth ?? 14}
      htmlFor={id}
      disabled={disabled}
      invalid={unknown.length > 0}
      grow
    >
      <MultiSelect<string>
        inputId={id}
        aria-label={label}
        options={options}
        value={chosen}
        placeholder={placeholder ?? labels.query.all}
        isLoading={loading}
        isClearable
        allowCustomValue
        onOpenMenu={onOpen}
        formatCreateLabel={labels.query.customName}
        closeMenuOnSelect={false}
        onChange={(values) => onChange(values.flatMap((v) => (v.value ? [v.value.trim()] : [])))}
      />
    </InlineField>
  );
}
