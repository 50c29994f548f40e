import { Alert, InlineField, Input, Select } from '@grafana/ui';
import React, { useId } from 'react';
import { useCatalogs } from '../hooks/useCatalogs';
import { labels } from '../labels';
import { SavedCatalog } from './SavedCatalog';

interface Props {
  uid?: string;
  /** Counts how often the data source was saved. */
  version?: number;
  catalog?: string;
  readOnly: boolean;
  onChange: (catalog?: string) => void;
}

/** Which catalog of the folder on the server is used: chosen from those that there are, or written where that is not known. */
export function FolderSettings({ uid, version, catalog, readOnly, onChange }: Props) {
  const { catalogs, fault } = useCatalogs(uid);
  const id = useId();
  const text = labels.catalogPlace;
  const known = catalogs?.catalogs ?? [];
  const names = catalog && !known.includes(catalog) ? [...known, catalog] : known;
  return (
    <>
      <p>{text.folderIntro}</p>
      {catalogs && !catalogs.folder && <Alert severity="warning" title={text.noFolder} />}
      {fault && <Alert severity="info" title={text.notListed(fault)} />}
      <InlineField label={text.name} tooltip={text.nameTooltip} labelWidth={26} htmlFor={id} disabled={readOnly}>
        {catalogs?.folder ? (
          <Select<string>
            inputId={id}
            aria-label={text.name}
            width={40}
            isClearable
            placeholder={text.namePlaceholder}
            noOptionsMessage={text.empty}
            options={names.map((name) => ({ label: known.includes(name) ? name : text.unknown(name), value: name }))}
            value={catalog}
            onChange={(chosen) => onChange(chosen?.value)}
          />
        ) : (
          <Input
            id={id}
            width={40}
            placeholder={text.namePlaceholder}
            value={catalog ?? ''}
            onChange={(event) => onChange(event.currentTarget.value || undefined)}
          />
        )}
      </InlineField>
      {uid && catalog && <SavedCatalog uid={uid} version={version} name={catalog} />}
    </>
  );
}
