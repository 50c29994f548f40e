import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import React, { useRef } from 'react';
import { bytes, isTooLong, MAX_DEFINITION } from '../flow/settings';
import { STARTER } from '../flow/starter';
import { inDefinition } from '../flow/weights';
import { useValidation, ValidationState } from '../hooks/useValidation';
import { labels } from '../labels';
import { CatalogList } from './CatalogList';
import { DefinitionEditor, DefinitionEditorHandle, EDITOR_HEIGHT } from './DefinitionEditor';
import { Disclosure } from './Disclosure';
import { ImportForm } from './ImportForm';
import { IssueList } from './IssueList';
import { WhatIf } from './WhatIf';

interface Props {
  /** The uid of the data source; none before it is saved for the first time. */
  uid?: string;
  definition: string;
  readOnly: boolean;
  onChange: (definition: string) => void;
}

/** The definition of the catalog in a code editor, what is wrong with it, and beside it what it says. */
export function DefinitionSettings({ uid, definition, readOnly, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const validation = useValidation(uid, definition);
  const editor = useRef<DefinitionEditorHandle>(null);
  const { answer, catalog } = validation;
  return (
    <>
      <p>{labels.definition.intro}</p>
      {definition.trim() === '' && !readOnly && (
        <p>
          <Button type="button" variant="secondary" icon="plus" onClick={() => onChange(STARTER)}>
            {labels.definition.starter}
          </Button>
        </p>
      )}
      {uid && !readOnly && (
        <Disclosure showLabel={labels.imports.show} hideLabel={labels.imports.hide}>
          {() => <ImportForm uid={uid} replaces={definition.trim() !== ''} onImport={onChange} />}
        </Disclosure>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <DefinitionEditor
            ref={editor}
            uid={uid}
            definition={definition}
            issues={answer?.issues ?? []}
            readOnly={readOnly}
            onChange={onChange}
          />
          <Verdict uid={uid} definition={definition} validation={validation} />
          <IssueList issues={answer?.issues ?? []} onClick={(issue) => editor.current?.reveal(issue)} />
        </div>
        <div className={styles.preview} role="region" aria-label={labels.list.title} tabIndex={0}>
          <CatalogList catalog={catalog} stale={answer?.valid === false} unmatched={answer?.unmatched ?? []} />
          {answer?.storeError && <Alert severity="info" title={labels.definition.storeFault(answer.storeError)} />}
        </div>
      </div>
      {uid && catalog && (
        <Disclosure showLabel={labels.whatIf.show} hideLabel={labels.whatIf.hide}>
          {() => (
            <WhatIf
              uid={uid}
              catalog={catalog}
              definition={definition}
              checking={validation.checking}
              invalid={answer?.valid === false}
              onTakeOver={readOnly ? undefined : (weights) => onChange(inDefinition(definition, weights))}
            />
          )}
        </Disclosure>
      )}
    </>
  );
}

interface VerdictProps {
  uid?: string;
  definition: string;
  validation: ValidationState;
}

/** What became of checking the definition, in a sentence. */
function Verdict({ uid, definition, validation: { checking, answer, fault } }: VerdictProps) {
  const styles = useStyles2(getStyles);
  if (isTooLong(definition)) {
    return <Alert severity="error" title={labels.definition.tooLong(bytes(definition), MAX_DEFINITION)} />;
  }
  if (!uid) {
    return <Alert severity="info" title={labels.definition.notSaved} />;
  }
  if (fault) {
    return <Alert severity="warning" title={labels.definition.failed(fault)} />;
  }
  const warnings = answer?.issues.filter((issue) => issue.warning).length ?? 0;
  const errors = (answer?.issues.length ?? 0) - warnings;
  const verdict = answer && (labels.definition.problems(errors, warnings) || labels.definition.valid);
  return (
    <p role="status" className={styles.verdict}>
      {checking ? labels.definition.checking : verdict}
    </p>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2) }),
  verdict: css({ margin: theme.spacing(1, 0) }),
  // Below each other where the editor would get too narrow for a selector.
  column: css({ flex: '3 1 560px', minWidth: 0 }),
  // As high as the editor beside it, however many flows there are.
  preview: css({
    flex: '2 1 400px',
    minWidth: 0,
    maxHeight: EDITOR_HEIGHT,
    overflowY: 'auto',
    paddingRight: theme.spacing(1),
  }),
});
