import { Button, InlineField, InlineFieldRow } from '@grafana/ui';
import React from 'react';
import { filterText } from '../flow/cohorts';
import { labels } from '../labels';
import { AdhocFilter } from '../types';

interface Props {
  filters: AdhocFilter[];
  onChange: (filters: AdhocFilter[]) => void;
}

/** The ad hoc filters that a query states by itself, each of which can be removed. */
export function AdhocFilters({ filters, onChange }: Props) {
  if (filters.length === 0) {
    return null;
  }
  return (
    <InlineFieldRow>
      <InlineField label={labels.query.adhocFilters} tooltip={labels.query.adhocFiltersTooltip} labelWidth={14}>
        <>
          {filters.map((filter, at) => (
            <Button
              key={filterText(filter)}
              variant="secondary"
              icon="times"
              aria-label={labels.query.removeFilter(filterText(filter))}
              onClick={() => onChange(filters.filter((_, other) => other !== at))}
            >
              {filterText(filter)}
            </Button>
          ))}
        </>
      </InlineField>
    </InlineFieldRow>
  );
}
