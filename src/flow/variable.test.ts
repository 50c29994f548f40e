import { catalog } from '../testing/catalog';
import { completeVariable, namesOfGate, variableNames } from './variable';

test.each([
  ['flows', [], ['checkout', 'search']],
  ['slis', [], ['success', 'fast', 'psp']],
  ['slis', ['search'], ['success']],
  ['components', [], ['availability', 'latency', 'dependency']],
  ['components', ['search'], ['availability']],
  ['dimensions', [], ['region', 'team']],
  ['gates', [], ['checkout-canary', 'any-release']],
] as const)('a variable of %s for the flows %p lists %p', (kind, flows, names) => {
  expect(variableNames(catalog, kind, [...flows])).toEqual(names);
});

test.each([
  ['checkout-canary', ['checkout'], ['region']],
  ['any-release', ['checkout', 'search'], []],
  ['gone', [], []],
])('the gate %s is about %p and compares %p', (gate, flows, dimensions) => {
  expect(namesOfGate(catalog, 'flows', gate)).toEqual(flows);
  expect(namesOfGate(catalog, 'dimensions', gate)).toEqual(dimensions);
});

test.each([[''], [undefined], [null], [{}]])('a new variable, such as %p, lists flows', (saved) => {
  expect(completeVariable(saved)).toEqual({ refId: 'cer-variable', kind: 'flows', flows: [] });
});
