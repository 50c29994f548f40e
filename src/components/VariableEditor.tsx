import { QueryEditorProps } from '@grafana/data';
import { Alert, InlineField, InlineFieldRow, Select } from '@grafana/ui';
import React, { useId } from 'react';
import type { CerDataSource } from '../datasource';
import { gatesOf } from '../flow/gate';
import { flowsOf } from '../flow/names';
import { cohortNames } from '../flow/together';
import { completeVariable, isOfGate } from '../flow/variable';
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
  const dimensionId = useId();
  const gateId = useId();
  const variables = datasource.variableNames();
  const options = (names: string[]) => [...names, ...variables].map((name) => ({ label: name, value: name }));
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
            onChange={(kind) =>
              onChange({
                ...query,
                kind,
                flows: kind === 'slis' || kind === 'components' ? query.flows : [],
                gate: isOfGate(kind) ? query.gate : undefined,
              })
            }
          />
        </InlineField>
      </InlineFieldRow>
      {query.kind === 'cohorts' && (
        <InlineFieldRow>
          <InlineField
            label={labels.variable.dimension}
            tooltip={labels.variable.dimensionTooltip}
            labelWidth={14}
            htmlFor={dimensionId}
          >
            <Select<string>
              inputId={dimensionId}
              aria-label={labels.variable.dimension}
              width={28}
              options={options(cohortNames(catalog))}
              value={query.dimension ? { label: query.dimension, value: query.dimension } : null}
              isLoading={loading}
              allowCustomValue
              onChange={({ value }) => value && onChange({ ...query, dimension: value })}
            />
          </InlineField>
        </InlineFieldRow>
      )}
      {isOfGate(query.kind) && (
        <InlineFieldRow>
          <InlineField
            label={labels.variable.gate}
            tooltip={labels.variable.gateTooltip}
            labelWidth={14}
            htmlFor={gateId}
          >
            <Select<string>
              inputId={gateId}
              aria-label={labels.variable.gate}
              width={28}
              options={options(catalog ? gatesOf(catalog) : [])}
              value={query.gate ? { label: query.gate, value: query.gate } : null}
              placeholder={labels.query.all}
              isLoading={loading}
              isClearable
              allowCustomValue
              onChange={(chosen) => onChange({ ...query, gate: chosen?.value })}
            />
          </InlineField>
        </InlineFieldRow>
      )}
      {(query.kind === 'slis' || query.kind === 'components') && (
        <InlineFieldRow>
          <NamesField
            label={labels.query.flows}
            tooltip={labels.variable.flowsTooltip}
            names={query.flows ?? []}
            known={catalog && flowsOf(catalog)}
            variables={variables}
            loading={loading}
            onChange={(flows) => onChange({ ...query, flows })}
          />
        </InlineFieldRow>
      )}
    </div>
  );
}
