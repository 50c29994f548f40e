import { CerQuery } from '../types';
import { legendLabels } from './legend';
import { complete } from './query';

test.each<[string, Partial<CerQuery>]>([
  ['', {}],
  ['{{flow}}', { level: 'flow' }],
  ['{{flow}} {{component}}', { level: 'component' }],
  ['{{flow}} {{sli}} {{region}}', { level: 'sli', by: ['region', '$split'] }],
  ['{{flow}} {{sli}} {{quantile}}', { measure: 'quantile', level: 'sli' }],
  ['{{flow}} {{region}} {{owner}}', { level: 'flow', by: ['region'], labels: ['owner'] }],
  ['{{gate}}', { measure: 'verdict', format: 'latest' }],
  ['{{flow}} {{sli}} {{gate}}', { measure: 'evidence', level: 'sli' }],
  ['{{team}} {{currency}}', { measure: 'revenueAtRisk', by: ['team'] }],
])('%p', (legend, query) => {
  expect(legendLabels(complete({ refId: 'A', ...query })).join(' ')).toBe(legend);
});
