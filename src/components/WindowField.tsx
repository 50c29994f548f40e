import { InlineField, Select } from '@grafana/ui';
import React, { useId } from 'react';
import { longestWindow } from '../flow/measures';
import { durationOf, isWindow, windowsOf } from '../flow/window';
import { labels } from '../labels';
import { CompleteQuery } from '../types';

interface Props {
  query: Pick<CompleteQuery, 'measure' | 'format' | 'window'>;
  tooltip: string;
  /** The dashboard variables on offer. */
  variables: string[];
  onChange: (window: string) => void;
}

/** A choice of how far back SLIs look. A text that is no window can't be chosen. */
export function WindowField({ query, tooltip, variables, onChange }: Props) {
  const id = useId();
  const { window } = query;
  const valid = (text: string) => isWindow(text, query);
  const written = (text: string) => durationOf(text) ?? text.trim();
  const values = [...new Set([...windowsOf(query), ...variables, window])];
  return (
    <InlineField label={labels.query.window} tooltip={tooltip} labelWidth={14} htmlFor={id} invalid={!valid(window)}>
      <Select<string>
        inputId={id}
        aria-label={labels.query.window}
        width={22}
        options={values.map((value) => ({ value, ...(labels.query.windows[value] ?? { label: value }) }))}
        value={window}
        allowCustomValue
        isValidNewOption={(text) => valid(written(text)) && !values.includes(text.trim())}
        formatCreateLabel={(text) => labels.query.customWindow(written(text))}
        noOptionsMessage={labels.query.writeWindow(longestWindow(query))}
        onChange={({ value }) => value && onChange(written(value))}
      />
    </InlineField>
  );
}
