import { InlineFieldRow } from '@grafana/ui';
import React from 'react';
import { cohortNames, takesNames, takesWhere, withWhere } from '../flow/together';
import { namesTooltip } from '../flow/tooltips';
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
  const filters = takesWhere(query);
  const names = cohortNames(catalog);
  const filtered = [...names, ...Object.keys(query.where).filter((name) => !names.includes(name))];
  if (filtered.length === 0 && query.by.length === 0) {
    return null;
  }
  return (
    <>
      <InlineFieldRow>
        <NamesField
          label={labels.query.by}
          tooltip={namesTooltip(query, labels.query.byTooltip)}
          placeholder={labels.query.byNothing}
          names={query.by}
          known={catalog && names}
          variables={variables}
          disabled={!takesNames(query)}
          onChange={(by) => onChange({ ...query, by })}
        />
      </InlineFieldRow>
      <InlineFieldRow>
        {filtered.map((name) => (
          <NamesField
            key={name}
            label={labels.query.where(name)}
            tooltip={filters ? labels.query.whereTooltip(name) : labels.query.ofEvents}
            names={query.where[name] ?? []}
            known={values[name] ?? listed(catalog, name)}
            variables={variables}
            labelWidth={20}
            free
            disabled={!filters}
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
