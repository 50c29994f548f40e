import { InlineFieldRow } from '@grafana/ui';
import React from 'react';
import { legendLabels } from '../flow/legend';
import { componentsOf } from '../flow/names';
import { hasComponents, hasLabels, hasLegend, hasWindow, hasWorst, optionsOf } from '../flow/options';
import { labelNames } from '../flow/together';
import { windowTooltip } from '../flow/tooltips';
import { labels } from '../labels';
import { Catalog, CompleteQuery } from '../types';
import { Disclosure } from './Disclosure';
import { LegendField } from './LegendField';
import { NamesField } from './NamesField';
import { WindowField } from './WindowField';
import { WorstField } from './WorstField';

interface Props {
  catalog?: Catalog;
  query: CompleteQuery;
  /** The dashboard variables on offer. */
  variables: string[];
  onChange: (query: CompleteQuery) => void;
}

/** The fields of a query that are rarely set, as far as they apply: components, window, legend, labels, and the limit to the worst. */
export function QueryOptions({ catalog, query, variables, onChange }: Props) {
  if (![hasComponents, hasLabels, hasLegend, hasWindow, hasWorst].some((has) => has(query))) {
    return null;
  }
  return (
    <Disclosure showLabel={labels.query.showOptions(optionsOf(query))} hideLabel={labels.query.hideOptions}>
      {() => (
        <InlineFieldRow>
          {hasWindow(query) && (
            <WindowField
              query={query}
              tooltip={windowTooltip(query)}
              variables={variables}
              onChange={(window) => onChange({ ...query, window })}
            />
          )}
          {hasLegend(query) && (
            <LegendField
              legend={query.legend}
              known={legendLabels(query)}
              onChange={(legend) => onChange({ ...query, legend })}
            />
          )}
          {hasWorst(query) && <WorstField worst={query.worst} onChange={(worst) => onChange({ ...query, worst })} />}
          {hasComponents(query) && (
            <NamesField
              label={labels.query.components}
              tooltip={labels.query.componentsTooltip}
              names={query.components}
              known={catalog && componentsOf(catalog, [])}
              variables={variables}
              onChange={(components) => onChange({ ...query, components })}
            />
          )}
          {hasLabels(query) && (
            <NamesField
              label={labels.query.labels}
              tooltip={labels.query.labelsTooltip}
              placeholder={labels.query.labelsNone}
              names={query.labels ?? []}
              known={catalog && labelNames(catalog)}
              variables={[]}
              onChange={(names) => onChange({ ...query, labels: names.length > 0 ? names : undefined })}
            />
          )}
        </InlineFieldRow>
      )}
    </Disclosure>
  );
}
