import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import React, { useRef } from 'react';
import { bytes, isTooLong, MAX_DEFINITION } from '../flow/settings';
import { inDefinition, withObjective } from '../flow/weights';
import { usePreviews } from '../hooks/usePreviews';
import { useValidation, ValidationState } from '../hooks/useValidation';
import { labels } from '../labels';
import { Calibrate } from './Calibrate';
import { CatalogList } from './CatalogList';
import { DefinitionEditor, DefinitionEditorHandle, EDITOR_HEIGHT } from './DefinitionEditor';
import { DefinitionTools } from './DefinitionTools';
import { Disclosure } from './Disclosure';
import { IssueList } from './IssueList';
import { WhatIf } from './WhatIf';

interface Props {
  /** The uid of the data source; none before it is saved for the first time. */
  uid?: string;
  /** Counts how often the data source was saved. */
  version?: number;
  definition: string;
  readOnly: boolean;
  onChange: (definition: string) => void;
}

/** The definition of the catalog in a code editor, what is wrong with it, and beside it what it says. */
export function DefinitionSettings({ uid, version, definition, readOnly, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const validation = useValidation(uid, definition, version);
  const editor = useRef<DefinitionEditorHandle>(null);
  const { answer, catalog } = validation;
  const isReached = !answer?.storeError;
  const previews = usePreviews(uid, isReached ? catalog : undefined, validation.definition, version);
  return (
    <>
      <p>{labels.definition.intro}</p>
      {!readOnly && (
        <DefinitionTools
          uid={uid}
          version={version}
          definition={definition}
          flows={catalog?.flows.map(({ name }) => name) ?? []}
          offset={() => editor.current?.offset()}
          onChange={onChange}
        />
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
          <CatalogList
            catalog={catalog}
            stale={answer?.valid === false}
            unmatched={answer?.unmatched ?? []}
            previews={isReached ? previews : undefined}
            calibrate={
              uid && answer?.valid
                ? (flow) => (
                    <Calibrate
                      key={catalog?.revision} // What was said of another catalog is forgotten.
                      uid={uid}
                      flow={flow}
                      definition={definition}
                      onObjective={
                        readOnly ? undefined : (objective) => onChange(withObjective(definition, flow, objective))
                      }
                    />
                  )
                : undefined
            }
          />
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
  const issues = answer?.issues.filter(({ hint }) => !hint) ?? [];
  const warnings = issues.filter(({ warning }) => warning).length;
  const errors = issues.length - warnings;
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
