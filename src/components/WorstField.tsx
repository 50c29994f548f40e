import { InlineField, Input } from '@grafana/ui';
import React, { useEffect, useId, useState } from 'react';
import { wholeNumber } from '../flow/settings';
import { labels } from '../labels';

interface Props {
  worst?: number;
  disabled: boolean;
  onChange: (worst?: number) => void;
}

/** How many of the worst members are kept, taken over when the field is left or Enter is pressed. */
export function WorstField({ worst, disabled, onChange }: Props) {
  const id = useId();
  const saved = worst?.toString() ?? '';
  const [text, setText] = useState(saved);
  useEffect(() => setText(saved), [saved]);
  const takeOver = () => text !== saved && onChange(wholeNumber(text));
  return (
    <InlineField
      label={labels.query.worst}
      tooltip={disabled ? labels.query.worstNot : labels.query.worstTooltip}
      labelWidth={14}
      htmlFor={id}
      disabled={disabled}
    >
      <Input
        id={id}
        type="number"
        min={1}
        width={12}
        value={text}
        placeholder={labels.query.all}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={takeOver}
        onKeyDown={(event) => event.key === 'Enter' && takeOver()}
      />
    </InlineField>
  );
}
