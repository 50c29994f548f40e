import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Checkbox, Field, Icon, TextArea, useStyles2 } from '@grafana/ui';
import React, { ChangeEvent, useId, useState } from 'react';
import { issueText, readFiles, sourcesOf } from '../flow/imports';
import { useImport } from '../hooks/useImport';
import { labels } from '../labels';
import { ImportAnswer, ImportSource } from '../types';

interface Props {
  uid: string;
  /** Whether a definition is in the editor, which an import replaces. */
  replaces: boolean;
  /** Puts a definition into the editor. */
  onImport: (definition: string) => void;
}

/** Files of Sloth, Pyrra and OpenSLO, chosen or pasted, that are made a definition in the editor. Nothing is saved. */
export function ImportForm({ uid, replaces, onImport }: Props) {
  const filesId = useId();
  const textId = useId();
  const [files, setFiles] = useState<ImportSource[]>([]);
  const [text, setText] = useState('');
  const [recorded, setRecorded] = useState(false);
  const [{ importing, answer, fault }, run] = useImport(uid);
  const sources = sourcesOf(files, text);
  const choose = async (event: ChangeEvent<HTMLInputElement>) =>
    setFiles(await readFiles(Array.from(event.target.files ?? [])));
  const submit = async () => {
    const definition = await run(sources, recorded);
    if (definition) {
      onImport(definition);
    }
  };
  return (
    <div>
      <p>{labels.imports.intro}</p>
      <Field label={labels.imports.files} htmlFor={filesId}>
        <input id={filesId} type="file" multiple accept=".yaml,.yml,.json" onChange={choose} />
      </Field>
      <Field label={labels.imports.text} htmlFor={textId}>
        <TextArea id={textId} rows={6} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </Field>
      <Checkbox
        label={labels.imports.recorded}
        description={labels.imports.recordedHelp}
        value={recorded}
        onChange={(event) => setRecorded(event.currentTarget.checked)}
      />
      <p>
        <Button type="button" variant="secondary" disabled={importing || sources.length === 0} onClick={submit}>
          {replaces ? labels.imports.replace : labels.imports.submit}
        </Button>
      </p>
      <div role="status">
        {fault && <Alert severity="error" title={labels.imports.failed(fault)} />}
        {answer && <Outcome answer={answer} />}
      </div>
    </div>
  );
}

/** What was imported, and what was not as it is. */
function Outcome({ answer: { definition, flows, slis, issues } }: { answer: ImportAnswer }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <p>{definition ? labels.imports.done(flows, slis, issues.length) : labels.imports.nothing}</p>
      {issues.length > 0 && (
        <ul className={styles.list} aria-label={labels.imports.issues} tabIndex={0}>
          {issues.map((issue, i) => (
            <li key={i}>
              <span className={issue.severity === 'warning' ? styles.warning : styles.error}>
                <Icon name={issue.severity === 'warning' ? 'exclamation-triangle' : 'exclamation-circle'} />
              </span>{' '}
              {issueText(issue)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', maxHeight: 240, overflow: 'auto', overflowWrap: 'anywhere' }),
  warning: css({ color: theme.colors.warning.text }),
  error: css({ color: theme.colors.error.text }),
});
