import { labels } from '../labels';
import { CerQuery } from '../types';

/** A query to start from, and what it is for. */
export interface Example {
  title: string;
  query: Omit<CerQuery, 'refId'>;
}

/** The examples of the query help. */
export const EXAMPLES: Example[] = [
  { title: labels.help.examples.overall, query: { measure: 'score', level: 'overall', format: 'timeseries' } },
  { title: labels.help.examples.ranking, query: { measure: 'impact', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.slis, query: { measure: 'score', level: 'sli', format: 'timeseries', window: '1h' } },
  { title: labels.help.examples.alert, query: { measure: 'score', level: 'flow', format: 'latest' } },
  { title: labels.help.examples.table, query: { measure: 'score', level: 'sli', format: 'table' } },
  { title: labels.help.examples.coverage, query: { measure: 'coverage', level: 'flow', format: 'timeseries' } },
];
