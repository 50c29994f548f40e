import { catalog } from '../testing/catalog';
import {
  componentsOf,
  flowsOf,
  interpolateNames,
  namesNothing,
  Replace,
  slisOf,
  titleOfFlow,
  titleOfSLI,
} from './names';

test('flows are listed in the order of the catalog', () => {
  expect(flowsOf(catalog)).toEqual(['checkout', 'search']);
});

test.each([
  [
    'all flows, with flow/sli where a name is in several',
    [],
    ['success', 'fast', 'psp', 'checkout/success', 'search/success'],
  ],
  ['one flow', ['checkout'], ['success', 'fast', 'psp']],
  ['a flow that is not there', ['gone'], []],
  ['a variable, as for all flows', ['$flow'], ['success', 'fast', 'psp', 'checkout/success', 'search/success']],
])('SLIs are listed for %s', (_, flows, slis) => {
  expect(slisOf(catalog, flows)).toEqual(slis);
});

test('components are those of the flows', () => {
  expect(componentsOf(catalog, ['search'])).toEqual(['availability']);
  expect(componentsOf(catalog, [])).toEqual(['availability', 'latency', 'dependency']);
});

describe('variables in names', () => {
  const values: Record<string, string | string[]> = { flow: ['checkout', 'search'], one: 'login', none: [], empty: '' };
  const replace: Replace = (text, format) =>
    text.replace(/\$\{?(\w+)\}?/g, (found, name) => (name in values ? format(values[name]) : found));

  test.each([
    ['names stay as they are', ['checkout'], ['checkout']],
    ['several values give a name each', ['${flow}'], ['checkout', 'search']],
    ['one value gives one name', ['$one'], ['login']],
    ['a name that a variable repeats is kept once', ['checkout', '$flow'], ['checkout', 'search']],
    ['variables within a name multiply', ['$flow/$one'], ['checkout/login', 'search/login']],
    ['a variable without values gives no name', ['$none', '$empty', 'login'], ['login']],
    ['what is no variable is left to the backend to refuse', ['$other'], ['$other']],
  ])('%s', (_, names, expected) => {
    expect(interpolateNames(names, replace)).toEqual(expected);
  });

  test.each([
    ['a variable without values', ['$none'], true],
    ['variables without values', ['$none', '${empty}'], true],
    ['a part of a name without a value', ['$one/$none'], true],
    ['a variable without values beside a name', ['$none', 'login'], false],
    ['a variable that has one', ['$one'], false],
    ['what is no variable', ['$other'], false],
    ['no names, which stand for all', [], false],
  ])('%s: whether nothing is named', (_, names, nothing) => {
    expect(namesNothing(names, replace)).toBe(nothing);
  });
});

test('titles are those of flows, and of SLIs where all of a name have the same', () => {
  const titled = (...titles: Array<string | undefined>) => ({
    ...catalog,
    flows: catalog.flows.map((flow, i) => ({ ...flow, slis: [{ ...flow.slis[0], title: titles[i] }] })),
  });
  expect([titleOfFlow(catalog, 'checkout'), titleOfFlow(catalog, 'search')]).toEqual(['Checkout', undefined]);
  expect(titleOfSLI(titled('Works', 'Works'), 'success')).toBe('Works');
  expect(titleOfSLI(titled('Works', 'Finds'), 'success')).toBeUndefined();
  expect(titleOfSLI(titled('Works'), 'success')).toBeUndefined();
  expect(titleOfSLI(titled('Works', 'Finds'), 'search/success')).toBe('Finds');
});
