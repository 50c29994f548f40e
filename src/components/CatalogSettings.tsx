import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, InlineField, useStyles2 } from '@grafana/ui';
import React, { useRef, useState } from 'react';
import { labels } from '../labels';
import { CATALOG_PLACES, CatalogPlace, CerOptions } from '../types';
import { Choice } from './Choice';
import { DefinitionSettings } from './DefinitionSettings';
import { FolderSettings } from './FolderSettings';

interface Props {
  /** The uid of the data source; none before it is saved for the first time. */
  uid?: string;
  /** Counts how often the data source was saved. */
  version?: number;
  options: CerOptions;
  readOnly: boolean;
  onChange: (options: Partial<CerOptions>) => void;
}

/** The catalog: defined here, or named in the folder on the server. The settings hold one of them only. */
export function CatalogSettings({ uid, version, options, readOnly, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const [place, setPlace] = useState<CatalogPlace>(options.catalog ? 'folder' : 'here');
  // What is left out by a choice comes back with the other one, as long as this page is open.
  const left = useRef<CerOptions>({});
  const name = (catalog?: string) => {
    left.current.definition = options.definition || left.current.definition;
    onChange(catalog ? { catalog, definition: undefined } : { catalog: undefined });
  };
  const choose = (to: CatalogPlace) => {
    setPlace(to);
    if (to === 'here' && options.catalog) {
      left.current.catalog = options.catalog;
      onChange({ catalog: undefined, definition: options.definition || left.current.definition });
    }
    if (to === 'folder' && left.current.catalog) {
      name(left.current.catalog);
    }
  };
  return (
    <section aria-label={labels.definition.title} className={styles.section}>
      <h3 className="page-heading">{labels.definition.title}</h3>
      <InlineField label={labels.catalogPlace.label} labelWidth={26} disabled={readOnly}>
        <Choice
          label={labels.catalogPlace.label}
          value={place}
          values={CATALOG_PLACES}
          names={labels.catalogPlace.places}
          onChange={choose}
        />
      </InlineField>
      {options.catalog && options.definition?.trim() && (
        <Alert severity="error" title={labels.catalogPlace.both(options.catalog)} />
      )}
      {place === 'folder' ? (
        <FolderSettings uid={uid} version={version} catalog={options.catalog} readOnly={readOnly} onChange={name} />
      ) : (
        <DefinitionSettings
          uid={uid}
          version={version}
          definition={options.definition ?? ''}
          readOnly={readOnly}
          onChange={(definition) => onChange({ definition })}
        />
      )}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  section: css({ margin: theme.spacing(5, 0) }),
});
