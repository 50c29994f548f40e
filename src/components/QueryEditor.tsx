import { QueryEditorProps } from '@grafana/data';
import { Alert, InlineField, InlineFieldRow, Select } from '@grafana/ui';
import React, { useEffect, useId } from 'react';
import { CerDataSource } from '../datasource';
import { panelTime } from '../flow/expansion';
import { flowsOf, slisOf, titleOfFlow, titleOfSLI } from '../flow/names';
import { numberHelp } from '../flow/numberHelp';
import { hasFlows, hasSLIs } from '../flow/options';
import { defaultQuery, isAlerting, isNew, isUnsaved, migrate } from '../flow/query';
import { sentence } from '../flow/sentence';
import {
  choosesLevel,
  formatsFor,
  isOfGate,
  levelsFor,
  measureOf,
  measuresOf,
  takesMeasure,
  takesQuantiles,
  withFlows,
  withFormat,
  withLevel,
  withMeasure,
} from '../flow/together';
import { measureLabels, measureTooltip } from '../flow/tooltips';
import { useCatalog } from '../hooks/useCatalog';
import { labels } from '../labels';
import { CerOptions, CerQuery, CompleteQuery, Measure } from '../types';
import { AdhocFilters } from './AdhocFilters';
import { Choice } from './Choice';
import { CohortFields } from './CohortFields';
import { Disclosure } from './Disclosure';
import { GateFields } from './GateFields';
import { NamesField } from './NamesField';
import { PromQL } from './PromQL';
import { QuantilesField } from './QuantilesField';
import { QueryOptions } from './QueryOptions';

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
  const unset = isUnsaved(saved, app);
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
        <InlineField label={labels.query.format} tooltip={labels.query.formatTooltip} labelWidth={14} shrink>
          <Choice
            label={labels.query.format}
            value={query.format}
            values={formatsFor(query, alerting)}
            names={labels.format}
            onChange={(format) => change(withFormat(query, format))}
          />
        </InlineField>
      </InlineFieldRow>
      <InlineFieldRow>
        {takesMeasure(query) && (
          <InlineField label={labels.query.measure} tooltip={measureTooltip(query)} labelWidth={14} htmlFor={measureId}>
            <Select<Measure>
              inputId={measureId}
              aria-label={labels.query.measure}
              width={28}
              options={measuresOf(query.format).map((value) => ({ value, ...measureLabels(query)[value] }))}
              value={measureOf(query)}
              onChange={({ value }) => value && change(withMeasure(query, value))}
            />
          </InlineField>
        )}
        {choosesLevel(query) && (
          <InlineField label={labels.query.level} tooltip={labels.query.levelTooltip} labelWidth={14}>
            <Choice
              label={labels.query.level}
              value={query.level}
              values={levelsFor(query)}
              names={labels.level}
              onChange={(level) => change(withLevel(query, level))}
            />
          </InlineField>
        )}
      </InlineFieldRow>
      {isOfGate(query) && (
        <GateFields source={datasource} catalog={catalog} query={query} variables={variables} onChange={change} />
      )}
      <InlineFieldRow>
        {hasFlows(query) && (
          <NamesField
            label={labels.query.flows}
            tooltip={labels.query.flowsTooltip}
            names={query.flows}
            known={catalog && flowsOf(catalog)}
            titleOf={(name) => catalog && titleOfFlow(catalog, name)}
            variables={variables}
            loading={loading}
            onChange={(flows) => change(withFlows(query, flows, catalog))}
          />
        )}
        {hasSLIs(query) && (
          <NamesField
            label={labels.query.slis}
            tooltip={labels.query.slisTooltip}
            names={query.slis}
            known={catalog && slisOf(catalog, query.flows)}
            titleOf={(name) => catalog && titleOfSLI(catalog, name)}
            variables={variables}
            loading={loading}
            onChange={(slis) => change({ ...query, slis })}
          />
        )}
        {takesQuantiles(query) && <QuantilesField q={query.q} onChange={(q) => change({ ...query, q })} />}
      </InlineFieldRow>
      <CohortFields source={datasource} catalog={catalog} query={query} variables={variables} onChange={change} />
      <AdhocFilters
        filters={query.adhocFilters ?? []}
        onChange={(adhocFilters) =>
          change({ ...query, adhocFilters: adhocFilters.length > 0 ? adhocFilters : undefined })
        }
      />
      <QueryOptions catalog={catalog} query={query} variables={variables} onChange={change} />
      <p role="status" aria-label={labels.query.shows}>
        {sentence(query, catalog)}
      </p>
      {alerting && numberHelp(query) && <p>{numberHelp(query)}</p>}
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
