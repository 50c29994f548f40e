import { CodeEditor } from '@grafana/ui';
import React, { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { marks } from '../flow/issues';
import { Mounted, useCompletion } from '../hooks/useCompletion';
import { labels } from '../labels';
import { Issue } from '../types';

interface Props {
  /** The uid of the data source, whose store completes PromQL; none before it is saved for the first time. */
  uid?: string;
  definition: string;
  issues: Issue[];
  readOnly: boolean;
  onChange: (definition: string) => void;
}

/** What can be done with the editor from outside. */
export interface DefinitionEditorHandle {
  /** Puts the cursor where an issue is. */
  reveal: (issue: Issue) => void;
  /** Where the cursor is in the definition; undefined where the editor is not there yet. */
  offset: () => number | undefined;
}

/** Most of the window, as a length of CSS: a catalog is long, and what is wrong with it has to be in sight below. */
export const EDITOR_HEIGHT = 'clamp(480px, 70vh, 1200px)';

/** How the documentation and the examples indent YAML. */
const INDENTATION = { tabSize: 2, indentSize: 2, insertSpaces: true };

/** Whose marks they are, so that the editor's own are left alone. */
const OWNER = 'cer';

/** The definition in Grafana's code editor, with the issues marked where they are. */
export const DefinitionEditor = forwardRef<DefinitionEditorHandle, Props>(function DefinitionEditor(
  { uid, definition, issues, readOnly, onChange },
  ref
) {
  const [mounted, setMounted] = useState<Mounted>();
  // The code editor keeps the first callback that it is given.
  const newest = useRef({ definition, onChange });
  newest.current = { definition, onChange };

  useEffect(() => {
    const model = mounted?.editor.getModel();
    if (mounted && model) {
      const { Hint, Warning, Error } = mounted.monaco.MarkerSeverity;
      const severities = { hint: Hint, warning: Warning, error: Error };
      // A hint on the whole has no place to be marked.
      const placed = issues.filter(({ hint, line }) => !hint || line > 0);
      const found = marks(placed, model.getValue());
      mounted.monaco.editor.setModelMarkers(
        model,
        OWNER,
        found.map(({ severity, ...place }) => ({ ...place, severity: severities[severity] }))
      );
    }
  }, [mounted, issues]);

  useCompletion(mounted, uid);

  useImperativeHandle(
    ref,
    () => ({
      offset: () => {
        const position = mounted?.editor.getPosition();
        return position ? mounted?.editor.getModel()?.getOffsetAt(position) : undefined;
      },
      reveal: (issue) => {
        const [place] = marks([issue], newest.current.definition);
        const position = { lineNumber: place.startLineNumber, column: place.startColumn };
        mounted?.editor.setPosition(position);
        mounted?.editor.revealPositionInCenter(position);
        mounted?.editor.focus();
      },
    }),
    [mounted]
  );

  return (
    <CodeEditor
      value={definition}
      language="yaml"
      height={EDITOR_HEIGHT}
      showLineNumbers
      showMiniMap={false}
      readOnly={readOnly}
      monacoOptions={{
        ariaLabel: labels.definition.editor,
        scrollBeyondLastLine: false,
        // Selectors are long, and what is at their ends matters.
        wordWrap: 'on',
        wrappingIndent: 'deepIndent',
        // Selectors stand in quotes; words of the text are no fields.
        quickSuggestions: { other: true, comments: false, strings: true },
        wordBasedSuggestions: false,
        fixedOverflowWidgets: true,
      }}
      onEditorDidMount={(editor, monaco) => {
        editor.getModel()?.updateOptions(INDENTATION);
        setMounted({ editor, monaco });
      }}
      onChange={(text) => text !== newest.current.definition && newest.current.onChange(text)}
    />
  );
});
