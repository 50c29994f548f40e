import { Alert } from '@grafana/ui';
import React from 'react';
import { usePreviews } from '../hooks/usePreviews';
import { useSavedCatalog } from '../hooks/useSavedCatalog';
import { labels } from '../labels';
import { Calibrate } from './Calibrate';
import { CatalogList } from './CatalogList';
import { Disclosure } from './Disclosure';
import { WhatIf } from './WhatIf';

interface Props {
  uid: string;
  /** Counts how often the data source was saved. */
  version?: number;
  /** The catalog that is chosen, which need not be saved. */
  name: string;
}

/** A catalog of the folder on the server once it is saved, and what its scores would be with other weights. */
export function SavedCatalog({ uid, version, name }: Props) {
  const { catalog, loading, fault } = useSavedCatalog(uid, version);
  const previews = usePreviews(uid, catalog);
  if (loading) {
    return null;
  }
  if (catalog?.name !== name) {
    return (
      <>
        {fault && <Alert severity="info" title={labels.catalogPlace.notShown(fault)} />}
        <p>{labels.catalogPlace.notSaved}</p>
      </>
    );
  }
  return (
    <div role="region" aria-label={labels.list.title}>
      <CatalogList
        catalog={catalog}
        stale={false}
        unmatched={[]}
        previews={previews}
        calibrate={(flow) => <Calibrate uid={uid} flow={flow} />}
      />
      <Disclosure showLabel={labels.whatIf.show} hideLabel={labels.whatIf.hide}>
        {() => <WhatIf uid={uid} catalog={catalog} />}
      </Disclosure>
    </div>
  );
}
