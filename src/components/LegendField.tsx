import { InlineField, Input } from '@grafana/ui';
import React, { useEffect, useId, useState } from 'react';
import { labels } from '../labels';

interface Props {
  legend: string;
  onChange: (legend: string) => void;
}

/** The legend, taken over when the field is left or Enter is pressed. */
export function LegendField({ legend, onChange }: Props) {
  const id = useId();
  const [text, setText] = useState(legend);
  useEffect(() => setText(legend), [legend]);
  const takeOver = () => text !== legend && onChange(text);
  return (
    <InlineField label={labels.query.legend} tooltip={labels.query.legendTooltip} labelWidth={14} htmlFor={id}>
      <Input
        id={id}
        width={28}
        value={text}
        placeholder={labels.query.legendPlaceholder}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={takeOver}
        onKeyDown={(event) => event.key === 'Enter' && takeOver()}
      />
    </InlineField>
  );
}
