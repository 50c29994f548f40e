import { labels } from '../labels';
import { Catalog, CerQuery } from '../types';
import { gatesOf } from './gate';
import { cohortNames } from './together';

/** A query to start from, and what it is for. */
export interface Example {
  title: string;
  query: Omit<CerQuery, 'refId'>;
}

/** The examples that every catalog can answer. */
export const EXAMPLES: Example[] = [
  { title: labels.help.examples.overall, query: { measure: 'score', level: 'overall', format: 'timeseries' } },
  { title: labels.help.examples.ranking, query: { measure: 'impact', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.slis, query: { measure: 'score', level: 'sli', format: 'timeseries', window: '1h' } },
  { title: labels.help.examples.alert, query: { measure: 'score', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.table, query: { measure: 'score', level: 'sli', format: 'table' } },
  { title: labels.help.examples.summary, query: { measure: 'score', level: 'overall', format: 'summary' } },
  { title: labels.help.examples.graph, query: { measure: 'score', level: 'overall', format: 'graph' } },
  { title: labels.help.examples.budget, query: { measure: 'budget', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.state, query: { measure: 'state', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.incidents, query: { measure: 'state', level: 'flow', format: 'incidents' } },
  { title: labels.help.examples.coverage, query: { measure: 'coverage', level: 'flow', format: 'timeseries' } },
];

/** cohortExamples are those of a catalog that tells users apart: by the first way, and for the first cohort it names. */
export function cohortExamples(catalog?: Catalog): Example[] {
  const [first] = cohortNames(catalog);
  const named = catalog?.dimensions.find(({ values }) => values.length > 0);
  const split: Example[] = first
    ? [
        {
          title: labels.help.examples.split(first),
          query: { measure: 'score', level: 'flow', format: 'timeseries', by: [first] },
        },
      ]
    : [];
  const kept: Example[] = named
    ? [
        {
          title: labels.help.examples.cohort(named.name, named.values[0]),
          query: { measure: 'score', level: 'flow', format: 'timeseries', where: { [named.name]: [named.values[0]] } },
        },
      ]
    : [];
  return [...split, ...kept];
}

/** gateExamples are those of a catalog with gates: by the first of them. */
export function gateExamples(catalog?: Catalog): Example[] {
  const [gate] = catalog ? gatesOf(catalog) : [];
  const query: Example['query'] = { measure: 'verdict', format: 'gate', gate };
  return gate ? [{ title: labels.help.examples.gate(gate), query }] : [];
}
