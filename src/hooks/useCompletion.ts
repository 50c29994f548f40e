import { Monaco, MonacoEditor } from '@grafana/ui';
import { useEffect } from 'react';
import { explanationAt, storeQuestionAt, storeSuggestions, Suggestion, suggestionsAt } from '../flow/completion';
import { storeNames } from './storeNames';

type Model = NonNullable<ReturnType<MonacoEditor['getModel']>>;

/** A mounted code editor. */
export interface Mounted {
  editor: MonacoEditor;
  monaco: Monaco;
}

/** What makes the code editor ask for suggestions, beside the letters of words. */
const TRIGGERS = [' ', '{', ',', '"', "'", '[', '(', '='];

/**
 * useCompletion completes and explains a definition in a code editor, in no other editor of the page: fields and words by the
 * schema, and PromQL by the store of a saved data source.
 */
export function useCompletion(mounted: Mounted | undefined, uid: string | undefined) {
  useEffect(() => {
    const model = mounted?.editor.getModel();
    if (!mounted || !model) {
      return;
    }
    const { languages, Range } = mounted.monaco;
    const rangeOf = ({ from, to }: { from: number; to: number }) => {
      const [start, end] = [model.getPositionAt(from), model.getPositionAt(to)];
      return new Range(start.lineNumber, start.column, end.lineNumber, end.column);
    };
    const kinds: Record<Suggestion['kind'], number> = {
      field: languages.CompletionItemKind.Field,
      word: languages.CompletionItemKind.EnumMember,
      metric: languages.CompletionItemKind.Variable,
      label: languages.CompletionItemKind.Property,
      value: languages.CompletionItemKind.Value,
    };
    const ask = uid ? storeNames(uid) : undefined;
    const completion = languages.registerCompletionItemProvider('yaml', {
      triggerCharacters: TRIGGERS,
      provideCompletionItems: async (asked: Model, position) => {
        if (asked !== model) {
          return { suggestions: [] };
        }
        const [text, offset] = [model.getValue(), model.getOffsetAt(position)];
        const question = storeQuestionAt(text, offset);
        const names = question && ask ? await ask(question) : { values: [], more: false };
        const all = [...suggestionsAt(text, offset), ...(question ? storeSuggestions(question, names.values) : [])];
        return {
          incomplete: names.more,
          suggestions: all.map(({ label, kind, doc, insert, ...place }, i) => ({
            label,
            kind: kinds[kind],
            documentation: doc,
            insertText: insert,
            // They stand in the order in which they are offered.
            sortText: String(i).padStart(5, '0'),
            range: rangeOf(place),
          })),
        };
      },
    });
    const hover = languages.registerHoverProvider('yaml', {
      provideHover: (asked: Model, position) => {
        const found = asked === model ? explanationAt(model.getValue(), model.getOffsetAt(position)) : undefined;
        return found && { contents: [{ value: found.doc }], range: rangeOf(found) };
      },
    });
    return () => {
      completion.dispose();
      hover.dispose();
    };
  }, [mounted, uid]);
}
