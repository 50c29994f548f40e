import { catalog } from '../testing/catalog';
import { inDefinition, withObjective, isEmpty, NO_WEIGHTS, withFlow, within, withSLI } from './weights';

const DEFINITION = `# The shop.
apiVersion: cer/v1
spec:
  trust: ['job="shop"'] # Only ours.
  flows:
    - name: checkout
      weight: 3 # The money.
      slis:
        - { name: success, weight: 5, ratio: { good: 'a{code!~"5.."}', total: a } }
        - name: fast
          latency: { histogram: h, under: 300ms }

    - name: search
      weight: { value: 1, traffic: true }
      slis: []
`;

test('weights are written in place, and everything else stays as it was', () => {
  const weights = { flows: { checkout: 2, search: 4 }, slis: { 'checkout/success': 1.5 } };
  expect(inDefinition(DEFINITION, weights)).toBe(
    DEFINITION.replace('weight: 3 #', 'weight: 2 #').replace('weight: 5', 'weight: 1.5').replace('value: 1', 'value: 4')
  );
});

test('a weight that was not stated is added', () => {
  const written = inDefinition(DEFINITION, { flows: {}, slis: { 'checkout/fast': 7 } });
  expect(written).toBe(DEFINITION.replace('- name: fast\n', '- name: fast\n          weight: 7\n'));
  const braced = '{ spec: { flows: [{ name: a, slis: [] }] } }';
  expect(inDefinition(braced, { flows: { a: 2 }, slis: {} })).toBe(
    '{ spec: { flows: [{ name: a, weight: 2, slis: [] }] } }'
  );
  const followed = 'spec:\n  flows:\n    - name: a # it\n      weight: { promql: w }\n';
  expect(inDefinition(followed, { flows: { a: 2 }, slis: {} })).toContain('weight: { promql: w, value: 2 }');
});

test('a weight that is an alias is stated by itself, one that is empty is filled, and lines may end as on Windows', () => {
  const flows = (weight: string) =>
    `spec:\r\n  flows:\r\n    - name: a\r\n      weight:${weight}\r\n      slis: []\r\n`;
  const write = (definition: string) => inDefinition(definition, { flows: { a: 2 }, slis: {} });
  expect(write('x: &w 3\n' + flows(' *w'))).toBe('x: &w 3\n' + flows(' 2'));
  expect(write(flows(''))).toBe(flows(' 2'));
  expect(write(flows(' # none yet'))).toMatch(/weight: *2 +# none yet/);
  const shared = 'x: &w { value: 3, traffic: true }\n' + flows(' *w');
  expect(write(shared)).toBe(shared);
});

test('weights of the SLIs of a preset stand beside it', () => {
  const weights = { flows: {}, slis: { 'a/success': 4, 'a/latency': 1, 'ab/success': 9 } };
  const write = (flow: string) => inDefinition(`spec:\n  flows:\n    ${flow}\n`, weights).split('flows:\n    ')[1];
  expect(write('- { name: a, preset: { use: istio } }')).toBe(
    '- { name: a, slis: [{ name: success, weight: 4 }, { name: latency, weight: 1 }], preset: { use: istio } }\n'
  );
  expect(write('- name: a # Ours.\n      preset: { use: istio }')).toBe(
    '- name: a # Ours.\n      slis: [{ name: success, weight: 4 }, { name: latency, weight: 1 }]\n      preset: { use: istio }\n'
  );
  expect(write('- { name: a, preset: { use: istio }, slis: [{ name: latency, weight: 3 }] }')).toBe(
    '- { name: a, preset: { use: istio }, slis: [{ name: success, weight: 4 }, { name: latency, weight: 1 }] }\n'
  );
  expect(
    write('- name: a\n      preset: { use: istio }\n      slis:\n        - { name: db, probe: { selector: up } }')
  ).toBe(
    '- name: a\n      preset: { use: istio }\n      slis:\n        - { name: success, weight: 4 }\n        - { name: latency, weight: 1 }\n        - { name: db, probe: { selector: up } }\n'
  );
  expect(write('- { name: a, preset: { use: istio }, slis: [] }')).toContain('slis: [{ name: success, weight: 4 }');
  expect(write('- { name: a, slis: [] }')).toBe('- { name: a, slis: [] }\n');
});

test('each document of several is written into', () => {
  const documents = 'spec: { flows: [{ name: a, weight: 1 }] }\n---\nspec: { flows: [{ name: b, weight: 1 }] } # two\n';
  expect(inDefinition(documents, { flows: { b: 0.5 }, slis: {} })).toBe(
    documents.replace('name: b, weight: 1', 'name: b, weight: 0.5')
  );
});

test('weights of what a catalog does not have are left out', () => {
  const weights = { flows: { checkout: 2, gone: 1 }, slis: { 'checkout/fast': 1, 'search/fast': 1 } };
  expect(within(weights, catalog)).toEqual({ flows: { checkout: 2 }, slis: { 'checkout/fast': 1 } });
});

test('without other weights nothing changes', () => {
  expect(inDefinition(DEFINITION, NO_WEIGHTS)).toBe(DEFINITION);
});

test("the catalog's own weight takes a change back", () => {
  const moved = withSLI(withFlow(NO_WEIGHTS, catalog, 'checkout', 5), catalog, 'checkout', 'fast', 1);
  expect(moved).toEqual({ flows: { checkout: 5 }, slis: { 'checkout/fast': 1 } });
  const back = withSLI(withFlow(moved, catalog, 'checkout', 3), catalog, 'checkout', 'fast', 0.25);
  expect(isEmpty(back)).toBe(true);
});

test.each([
  ['stated', '- name: a\n      objective: 0.9 # for now', '- name: a\n      objective: 0.995 # for now'],
  ['not stated', '- name: a # first', '- name: a # first\n      objective: 0.995'],
  ['in braces', '- { name: a, weight: 2 }', '- { name: a, objective: 0.995, weight: 2 }'],
])('an objective is written into a flow where it is %s', (_, before, after) => {
  const definition = (flow: string) => `spec:\n  flows:\n    ${flow}\n    - name: b\n      objective: 0.5\n`;
  expect(withObjective(definition(before), 'a', 0.995)).toBe(definition(after));
  expect(withObjective(definition(before), 'c', 0.995)).toBe(definition(before));
});
