import { catalog } from '../testing/catalog';
import { CerQuery, Expansion } from '../types';
import { expandRequest, shownOf } from './expansion';
import { complete } from './query';

const query = (fields: Partial<CerQuery>) => complete({ refId: 'A', ...fields });

const expansions: Expansion[] = catalog.flows.flatMap((flow) =>
  flow.slis.map((sli) => ({ flow: flow.name, sli: sli.name, window: '5m', formula: '#0', queries: [] }))
);

test.each([
  ['one flow', ['checkout'], 'checkout'],
  ['several flows, so for all', ['checkout', 'search'], undefined],
  ['all flows', [], undefined],
])('PromQL is asked for %s', (_, flows, flow) => {
  expect(expandRequest(query({ flows, window: '1h' }))).toEqual({ flow, window: '1h' });
});

test.each<[string, Partial<CerQuery>, string[]]>([
  ['everything', {}, ['checkout/success', 'checkout/fast', 'checkout/psp', 'search/success']],
  ['the flows chosen', { flows: ['search'] }, ['search/success']],
  ['the SLIs chosen', { slis: ['success'] }, ['checkout/success', 'search/success']],
  ['an SLI of a flow', { slis: ['search/success'] }, ['search/success']],
  ['the components chosen', { components: ['latency', 'dependency'] }, ['checkout/fast', 'checkout/psp']],
])('PromQL is shown of %s', (_, fields, shown) => {
  expect(shownOf(expansions, query(fields), catalog).map((e) => `${e.flow}/${e.sli}`)).toEqual(shown);
});
