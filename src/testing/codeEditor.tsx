import React, { useEffect } from 'react';

/** What the fake code editor was told. */
export const told = {
  markers: [] as Array<{ startLineNumber: number; severity: number; message: string }>,
  position: undefined as { lineNumber: number; column: number } | undefined,
};

interface Props {
  value: string;
  readOnly?: boolean;
  monacoOptions?: { ariaLabel?: string };
  onChange?: (text: string) => void;
  onEditorDidMount?: (editor: unknown, monaco: unknown) => void;
}

/** A text area in the place of Monaco, which needs a browser. Like Grafana's, it keeps its first callbacks. */
export function FakeCodeEditor({ value, readOnly, monacoOptions, onChange, onEditorDidMount }: Props) {
  const first = React.useRef({ onChange, onEditorDidMount });
  const text = React.useRef(value);
  text.current = value;
  useEffect(() => {
    const model = { getValue: () => text.current };
    const editor = {
      getModel: () => model,
      setPosition: (position: typeof told.position) => (told.position = position),
      revealPositionInCenter: () => {},
      focus: () => {},
    };
    const monaco = {
      MarkerSeverity: { Error: 8, Warning: 4 },
      editor: { setModelMarkers: (_m: unknown, _o: string, markers: typeof told.markers) => (told.markers = markers) },
    };
    first.current.onEditorDidMount?.(editor, monaco);
  }, []);
  return (
    <textarea
      aria-label={monacoOptions?.ariaLabel}
      readOnly={readOnly}
      value={value}
      onChange={(event) => first.current.onChange?.(event.target.value)}
    />
  );
}
