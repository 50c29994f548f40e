import React, { useEffect } from 'react';

/** What a fake provider of the fake code editor offers or explains. */
type Provide = (model: unknown, position: { offset: number }) => unknown;

/** What the fake code editor was told. */
export const told = {
  markers: [] as Array<{ startLineNumber: number; severity: number; message: string }>,
  /** Where the cursor is. */
  cursor: 0,
  position: undefined as { lineNumber: number; column: number } | undefined,
  /** The providers for YAML that are registered, and the model that is theirs. */
  providers: new Set<{ provideCompletionItems?: Provide; provideHover?: Provide }>(),
  model: undefined as unknown,
};

interface Props {
  value: string;
  readOnly?: boolean;
  monacoOptions?: { ariaLabel?: string };
  onChange?: (text: string) => void;
  onEditorDidMount?: (editor: unknown, monaco: unknown) => void;
}

/** A range of the fake code editor. Its positions are on one line, whose columns are offsets. */
class FakeRange {
  constructor(
    readonly startLineNumber: number,
    readonly startColumn: number,
    readonly endLineNumber: number,
    readonly endColumn: number
  ) {}
}

/** register keeps a provider until it is disposed of. */
function register(_language: string, provider: object) {
  told.providers.add(provider);
  return { dispose: () => told.providers.delete(provider) };
}

/** A text area in the place of Monaco, which needs a browser. Like Grafana's, it keeps its first callbacks. */
export function FakeCodeEditor({ value, readOnly, monacoOptions, onChange, onEditorDidMount }: Props) {
  const first = React.useRef({ onChange, onEditorDidMount });
  const text = React.useRef(value);
  text.current = value;
  useEffect(() => {
    const model = {
      getValue: () => text.current,
      updateOptions: () => {},
      getOffsetAt: ({ offset }: { offset: number }) => offset,
      getPositionAt: (offset: number) => ({ lineNumber: 1, column: offset }),
    };
    told.model = model;
    const editor = {
      getModel: () => model,
      getPosition: () => ({ offset: told.cursor }),
      setPosition: (position: typeof told.position) => (told.position = position),
      revealPositionInCenter: () => {},
      focus: () => {},
    };
    const monaco = {
      MarkerSeverity: { Error: 8, Warning: 4, Hint: 1 },
      Range: FakeRange,
      editor: { setModelMarkers: (_m: unknown, _o: string, markers: typeof told.markers) => (told.markers = markers) },
      languages: {
        CompletionItemKind: { Field: 3, EnumMember: 16, Variable: 4, Property: 9, Value: 13 },
        registerCompletionItemProvider: register,
        registerHoverProvider: register,
      },
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
