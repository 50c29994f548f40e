import { InlineFieldRow } from '@grafana/ui';
import React from 'react';
import { cohortNames, splitNames, takesBy, takesWhere, withWhere } from '../flow/together';
import { CohortSource, useCohorts } from '../hooks/useCohorts';
import { labels } from '../labels';
import { Catalog, CompleteQuery } from '../types';
import { NamesField } from './NamesField';

interface Props {
  source: CohortSource;
  catalog?: Catalog;
  query: CompleteQuery;
  variables: string[];
  onChange: (query: CompleteQuery) => void;
}

/** What a query splits by, and which cohorts it keeps. Shown where the catalog tells users apart, or the query does. */
export function CohortFields({ source, catalog, query, variables, onChange }: Props) {
  const { values, load } = useCohorts(source);
  const names = cohortNames(catalog);
  const kept = Object.keys(query.where);
  const filtered = [...new Set([...(takesWhere(query) ? names : []), ...kept])];
  if (names.length === 0 && kept.length === 0 && query.by.length === 0) {
    return null;
  }
  return (
    <>
      {(takesBy(query) || query.by.length > 0) && (
        <InlineFieldRow>
          <NamesField
            label={labels.query.by}
            tooltip={labels.query.byTooltip}
            placeholder={labels.query.byNothing}
            names={query.by}
            known={catalog && splitNames(query, catalog)}
            variables={variables}
            onChange={(by) => onChange({ ...query, by })}
          />
        </InlineFieldRow>
      )}
      <InlineFieldRow>
        {filtered.map((name) => (
          <NamesField
            key={name}
            label={labels.query.where(name)}
            tooltip={labels.query.whereTooltip(name)}
            names={query.where[name] ?? []}
            known={values[name] ?? listed(catalog, name)}
            variables={variables}
            labelWidth={20}
            free
            onOpen={() => load(name)}
            onChange={(cohorts) => onChange(withWhere(query, name, cohorts))}
          />
        ))}
      </InlineFieldRow>
    </>
  );
}

/** listed is the values of a dimension that the catalog names. */
export function listed(catalog: Catalog | undefined, name: string): string[] {
  return catalog?.dimensions.find((dimension) => dimension.name === name)?.values ?? [];
}
