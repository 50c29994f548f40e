import { InlineField, Input } from '@grafana/ui';
import React, { useEffect, useId, useState } from 'react';

interface Props {
  label: string;
  tooltip: string;
  text: string;
  placeholder?: string;
  /** The texts on offer; others are right too. */
  known: string[];
  width?: number;
  disabled?: boolean;
  isInvalid?: (text: string) => boolean;
  /** Called when the field is entered. */
  onOpen?: () => void;
  onChange: (text: string) => void;
}

/** A text with some on offer, taken over when the field is left or Enter is pressed. */
export function TextField(props: Props) {
  const { label, tooltip, text, placeholder, known, width = 22, disabled, isInvalid, onOpen, onChange } = props;
  const id = useId();
  const listId = useId();
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const invalid = isInvalid?.(typed.trim());
  const takeOver = () => typed !== text && onChange(typed);
  return (
    <>
      <InlineField label={label} tooltip={tooltip} disabled={disabled} labelWidth={14} htmlFor={id} invalid={invalid}>
        <Input
          id={id}
          list={listId}
          aria-invalid={invalid}
          width={width}
          value={typed}
          placeholder={placeholder}
          onFocus={onOpen}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={takeOver}
          onKeyDown={(event) => event.key === 'Enter' && takeOver()}
        />
      </InlineField>
      <datalist id={listId}>
        {known.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </>
  );
}
