import { QueryEditorProps } from '@grafana/data';
import { Alert, InlineField, InlineFieldRow, Select } from '@grafana/ui';
import React, { useEffect, useId } from 'react';
import { CerDataSource } from '../datasource';
import { panelTime } from '../flow/expansion';
import { legendLabels } from '../flow/legend';
import { componentsOf, flowsOf, slisOf } from '../flow/names';
import { defaultQuery, isAlerting, isNew, migrate } from '../flow/query';
import { sentence } from '../flow/sentence';
import {
  existsAt,
  isOfGate,
  measureOf,
  measuresOf,
  takesComponents,
  takesLegend,
  takesLevel,
  takesMeasure,
  takesNames,
  takesSLIs,
  takesWindow,
  takesWorst,
  withFlows,
  withFormat,
  withLevel,
  withMeasure,
} from '../flow/together';
import {
  componentsTooltip,
  levelTooltip,
  measureLabels,
  measureTooltip,
  namesTooltip,
  slisTooltip,
  windowTooltip,
  worstTooltip,
} from '../flow/tooltips';
import { useCatalog } from '../hooks/useCatalog';
import { labels } from '../labels';
import { CerOptions, CerQuery, CompleteQuery, FORMATS, LEVELS, Measure } from '../types';
import { AdhocFilters } from './AdhocFilters';
import { Choice } from './Choice';
import { CohortFields } from './CohortFields';
import { Disclosure } from './Disclosure';
import { GateFields } from './GateFields';
import { LegendField } from './LegendField';
import { NamesField } from './NamesField';
import { PromQL } from './PromQL';
import { WindowField } from './WindowField';
import { WorstField } from './WorstField';

type Props = QueryEditorProps<CerDataSource, CerQuery, CerOptions>;

/** The editor of a query in panels, in Explore and in alert rules. Every change runs the query. */
export function QueryEditor({ datasource, query: saved, app, data, range, onChange, onRunQuery }: Props) {
  const alerting = isAlerting(app);
  const query = migrate(isNew(saved) ? { ...saved, ...defaultQuery(app) } : saved);
  const { catalog, loading, fault } = useCatalog(datasource);
  const variables = alerting ? [] : datasource.variableNames();
  const measureId = useId();

  const change = (to: CompleteQuery) => {
    onChange(to);
    onRunQuery();
  };

  // A rule that nobody has touched would be saved without the format that it needs.
  const unset = alerting && isNew(saved);
  useEffect(() => {
    if (unset) {
      change(query);
    }
    // Only when the query becomes one that nobody has set.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [unset]);

  return (
    <div>
      {fault && <Alert severity="warning" title={labels.query.catalogFault(fault)} />}
      <InlineFieldRow>
        <InlineField
          label={labels.query.measure}
          tooltip={measureTooltip(query)}
          labelWidth={14}
          htmlFor={measureId}
          disabled={!takesMeasure(query)}
        >
          <Select<Measure>
            inputId={measureId}
            aria-label={labels.query.measure}
            width={28}
            options={measuresOf(query.format).map((value) => ({ value, ...measureLabels(query)[value] }))}
            value={measureOf(query)}
            onChange={({ value }) => value && change(withMeasure(query, value))}
          />
        </InlineField>
        <InlineField
          label={labels.query.level}
          tooltip={levelTooltip(query)}
          labelWidth={14}
          disabled={!takesLevel(query)}
        >
          <Choice
            label={labels.query.level}
            value={query.level}
            values={LEVELS}
            names={labels.level}
            isDisabled={(level) => !existsAt(query, level)}
            onChange={(level) => change(withLevel(query, level))}
          />
        </InlineField>
        <WorstField
          worst={query.worst}
          tooltip={worstTooltip(query)}
          disabled={!takesWorst(query)}
          onChange={(worst) => change({ ...query, worst })}
        />
      </InlineFieldRow>
      {isOfGate(query) && (
        <GateFields source={datasource} catalog={catalog} query={query} variables={variables} onChange={change} />
      )}
      <InlineFieldRow>
        <NamesField
          label={labels.query.flows}
          tooltip={namesTooltip(query, labels.query.flowsTooltip)}
          names={query.flows}
          known={catalog && flowsOf(catalog)}
          variables={variables}
          loading={loading}
          disabled={!takesNames(query)}
          onChange={(flows) => change(withFlows(query, flows, catalog))}
        />
        <NamesField
          label={labels.query.slis}
          tooltip={slisTooltip(query)}
          names={query.slis}
          known={catalog && slisOf(catalog, query.flows)}
          variables={variables}
          loading={loading}
          disabled={!takesNames(query) || !takesSLIs(query)}
          onChange={(slis) => change({ ...query, slis })}
        />
        <NamesField
          label={labels.query.components}
          tooltip={componentsTooltip(query)}
          names={query.components}
          known={catalog && componentsOf(catalog, [])}
          variables={variables}
          loading={loading}
          disabled={!takesNames(query) || !takesComponents(query)}
          onChange={(components) => change({ ...query, components })}
        />
      </InlineFieldRow>
      <CohortFields source={datasource} catalog={catalog} query={query} variables={variables} onChange={change} />
      <AdhocFilters
        filters={query.adhocFilters ?? []}
        onChange={(adhocFilters) =>
          change({ ...query, adhocFilters: adhocFilters.length > 0 ? adhocFilters : undefined })
        }
      />
      <InlineFieldRow>
        <InlineField label={labels.query.format} tooltip={labels.query.formatTooltip} labelWidth={14} shrink>
          <Choice
            label={labels.query.format}
            value={query.format}
            values={FORMATS}
            names={labels.format}
            isDisabled={(format) => alerting && format !== 'timeseries' && format !== 'latest'}
            onChange={(format) => change(withFormat(query, format))}
          />
        </InlineField>
        <WindowField
          query={query}
          tooltip={windowTooltip(query)}
          disabled={!takesWindow(query)}
          variables={variables}
          onChange={(window) => change({ ...query, window })}
        />
        <LegendField
          legend={query.legend}
          known={legendLabels(query)}
          disabled={!takesLegend(query)}
          onChange={(legend) => change({ ...query, legend })}
        />
      </InlineFieldRow>
      <p role="status" aria-label={labels.query.shows}>
        {sentence(query)}
      </p>
      <Disclosure showLabel={labels.query.showPromQL} hideLabel={labels.query.hidePromQL}>
        {() =>
          datasource.filterQuery(query) ? (
            <PromQL
              source={datasource}
              query={datasource.applyTemplateVariables(query, {})}
              time={panelTime(data, range)}
            />
          ) : (
            <p>{labels.query.promqlNone}</p>
          )
        }
      </Disclosure>
    </div>
  );
}
