import { InlineField, Input } from '@grafana/ui';
import React, { useEffect, useId, useState } from 'react';
import { labels } from '../labels';

interface Props {
  legend: string;
  /** The labels of the answer, as they can stand in a legend. */
  known: string[];
  disabled?: boolean;
  onChange: (legend: string) => void;
}

/** The legend, with labels on offer, taken over when the field is left or Enter is pressed. */
export function LegendField({ legend, known, disabled, onChange }: Props) {
  const id = useId();
  const listId = useId();
  const [text, setText] = useState(legend);
  useEffect(() => setText(legend), [legend]);
  const takeOver = () => text !== legend && onChange(text);
  return (
    <>
      <InlineField
        label={labels.query.legend}
        tooltip={disabled ? labels.query.legendOfSeries : labels.query.legendTooltip(known)}
        disabled={disabled}
        labelWidth={14}
        htmlFor={id}
      >
        <Input
          id={id}
          list={listId}
          width={22}
          value={text}
          placeholder={labels.query.legendPlaceholder}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={takeOver}
          onKeyDown={(event) => event.key === 'Enter' && takeOver()}
        />
      </InlineField>
      <datalist id={listId}>
        {legends(known).map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </>
  );
}

/** legends are what is often written: all labels, which tells everything apart, and each by itself. */
function legends(known: string[]): string[] {
  return [...new Set([known.join(' '), ...known])].filter(Boolean);
}
