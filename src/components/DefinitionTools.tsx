import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { flowAt } from '../flow/insertion';
import { STARTER } from '../flow/starter';
import { labels } from '../labels';
import { DiscoverForm } from './DiscoverForm';
import { ImportForm } from './ImportForm';
import { SliForm } from './SliForm';

/** What helps to write a definition. */
const TOOLS = ['discover', 'imports', 'addFlow', 'addSli'] as const;
type Tool = (typeof TOOLS)[number];

interface Props {
  /** The uid of the data source; without one there is no store to ask. */
  uid?: string;
  /** Counts how often the data source was saved. */
  version?: number;
  definition: string;
  /** The flows of the definition, as far as it is valid. */
  flows: string[];
  /** Where the cursor is in the editor; undefined where it is in none. */
  offset: () => number | undefined;
  onChange: (definition: string) => void;
}

/** Buttons for what helps to write a definition, and below them the one that is open. */
export function DefinitionTools({ uid, version, definition, flows, offset, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const [open, setOpen] = useState<Tool>();
  const [cursor, setCursor] = useState<number>();
  const isEmpty = definition.trim() === '';
  const forms: Record<Tool, (source: string) => React.ReactNode> = {
    discover: (source) => <DiscoverForm uid={source} version={version} replaces={!isEmpty} onPropose={onChange} />,
    imports: (source) => <ImportForm uid={source} replaces={!isEmpty} onImport={onChange} />,
    addFlow: (source) => <SliForm key="flow" uid={source} definition={definition} onWrite={onChange} />,
    addSli: (source) => (
      <SliForm
        key="sli"
        uid={source}
        definition={definition}
        flows={flows}
        offset={cursor}
        flow={cursor === undefined ? undefined : flowAt(definition, cursor)}
        onWrite={onChange}
      />
    ),
  };
  return (
    <>
      <div className={styles.buttons}>
        {uid &&
          TOOLS.filter((tool) => tool !== 'addSli' || flows.length > 0).map((tool) => (
            <Button
              key={tool}
              type="button"
              variant={isEmpty && tool === 'discover' ? 'primary' : 'secondary'}
              icon={open === tool ? 'angle-down' : 'angle-right'}
              aria-expanded={open === tool}
              aria-controls={id}
              onClick={() => {
                setCursor(offset());
                setOpen(open === tool ? undefined : tool);
              }}
            >
              {labels[tool].show}
            </Button>
          ))}
        {isEmpty && (
          <Button type="button" variant="secondary" icon="plus" onClick={() => onChange(STARTER)}>
            {labels.definition.starter}
          </Button>
        )}
      </div>
      <div id={id} className={open && styles.form}>
        {uid && open && forms[open](uid)}
      </div>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  buttons: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginBottom: theme.spacing(1) }),
  form: css({
    padding: theme.spacing(2),
    marginBottom: theme.spacing(2),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.borderRadius(),
  }),
});
