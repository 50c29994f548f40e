import { QueryEditorProps } from '@grafana/data';
import { Alert, InlineField, InlineFieldRow } from '@grafana/ui';
import React from 'react';
import type { CerDataSource } from '../datasource';
import { flowsOf } from '../flow/names';
import { completeVariable } from '../flow/variable';
import { useCatalog } from '../hooks/useCatalog';
import { labels } from '../labels';
import { CerOptions, CerQuery, CerVariableQuery, VARIABLE_KINDS } from '../types';
import { Choice } from './Choice';
import { NamesField } from './NamesField';

type Props = QueryEditorProps<CerDataSource, CerQuery, CerOptions, CerVariableQuery>;

/** The editor of a dashboard variable that lists names of the catalog. */
export function VariableEditor({ datasource, query: saved, onChange }: Props) {
  const query = completeVariable(saved);
  const { catalog, loading, fault } = useCatalog(datasource);
  return (
    <div>
      {fault && <Alert severity="warning" title={labels.query.catalogFault(fault)} />}
      <InlineFieldRow>
        <InlineField label={labels.variable.kind} tooltip={labels.variable.kindTooltip} labelWidth={14}>
          <Choice
            label={labels.variable.kind}
            value={query.kind}
            values={VARIABLE_KINDS}
            names={labels.variable.kinds}
            onChange={(kind) => onChange({ ...query, kind, flows: kind === 'flows' ? [] : query.flows })}
          />
        </InlineField>
      </InlineFieldRow>
      {query.kind !== 'flows' && (
        <InlineFieldRow>
          <NamesField
            label={labels.query.flows}
            tooltip={labels.variable.flowsTooltip}
            names={query.flows ?? []}
            known={catalog && flowsOf(catalog)}
            variables={datasource.variableNames()}
            loading={loading}
            onChange={(flows) => onChange({ ...query, flows })}
          />
        </InlineFieldRow>
      )}
    </div>
  );
}
