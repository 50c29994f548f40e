import { parse } from 'yaml';
import { Fields, flowAt, withNewFlow, withNewSLI } from './insertion';

/** What is written where the definition has a place for it. */
const flowIn = (definition: string, flow: Fields) => withNewFlow(definition, flow) ?? '';
const sliIn = (definition: string, flow: string, item: Fields, offset?: number) =>
  withNewSLI(definition, flow, item, offset) ?? '';

const sli = { name: 'fast', latency: { histogram: 'd{a="b"}', under: '1s' } };

/** below is a definition with flows. */
const below = (flows: string) => `spec:\n  objective: 0.9 # of all\n  flows:\n${flows}`;

const block = below(`    - name: a # first
      slis:
        - name: ok # key
          ratio: { bad: b, total: t } # both
        # the end of a
    - name: b
      slis:
        - { name: ok, probe: { selector: up } }
`);

test('an SLI is written below those of its flow, and comments stay', () => {
  expect(sliIn(block, 'a', sli)).toBe(
    block.replace(
      '# both\n',
      `# both
        - name: fast
          latency:
            histogram: d{a="b"}
            under: 1s
`
    )
  );
});

test('an SLI is written behind the one that the cursor is in', () => {
  const two = sliIn(block, 'a', { name: 'last' });
  const three = sliIn(two, 'a', { name: 'second' }, two.indexOf('ratio'));
  expect(parse(three).spec.flows[0].slis.map(({ name }: { name: string }) => name)).toEqual(['ok', 'second', 'last']);
});

test.each<[string, string, string]>([
  [
    'a list in brackets',
    '    - { name: a, slis: [{ name: ok }] } # x\n',
    '    - { name: a, slis: [{ name: ok }, ITEM] } # x\n',
  ],
  ['a list without items', '    - name: a\n      slis: [] # x\n', '    - name: a\n      slis: [ITEM] # x\n'],
  [
    'a flow in braces without SLIs',
    '    - { name: a, preset: { use: p } }',
    '    - { name: a, preset: { use: p }, slis: [ITEM] }',
  ],
])('an SLI is written into %s', (_, before, after) => {
  const item = `{ name: fast, latency: { histogram: 'd{a="b"}', under: 1s } }`;
  expect(sliIn(below(before), 'a', sli)).toBe(below(after).replace('ITEM', item));
});

test.each([
  ['no SLIs', '    - name: a\n      preset: { use: p } # x\n    - name: b\n'],
  ['nothing for SLIs', '    - name: a\n      slis: # x\n    - name: b\n'],
  [
    'text in a block',
    '    - name: a\n      slis:\n        - name: ok\n          value:\n            promql: |\n              max(x)\n\n    - name: b\n',
  ],
  ['no line break at its end', '    - name: a\n      slis:\n        - name: ok'],
])('an SLI is written into a flow with %s', (_, before) => {
  const after = sliIn(below(before), 'a', sli);
  const [was, is] = [parse(below(before)).spec.flows, parse(after).spec.flows];
  expect(is[0].slis).toEqual([...(was[0].slis ?? []), sli]);
  expect(is.slice(1)).toEqual(was.slice(1));
  expect(after.includes('# x')).toBe(before.includes('# x'));
});

test('a flow is written below the others, and into a definition without any', () => {
  const flow = { name: 'c', slis: [sli] };
  const flows = (definition: string) => parse(flowIn(definition, flow)).spec.flows;
  expect(flows(block)).toHaveLength(3);
  expect(flows(block)[2]).toEqual(flow);
  expect(flows('spec:\n  objective: 0.9')).toEqual([flow]);
  expect(flows('spec: { objective: 0.9 }')).toEqual([flow]);
  expect(parse(flowIn('', flow))).toMatchObject({ kind: 'Catalog', spec: { flows: [flow] } });
  expect(flowIn(block, flow).startsWith(block.trimEnd())).toBe(true);
});

test.each([
  ['an empty spec', 'apiVersion: cer/v1\nspec: # x\nkind: Catalog\n'],
  ['a spec in braces without fields', 'apiVersion: cer/v1\nkind: Catalog\nspec: {} # x\n'],
  ['a spec that is null', 'apiVersion: cer/v1\nkind: Catalog\nspec: ~ # x\n'],
  ['no spec', 'apiVersion: cer/v1\nkind: Catalog # x\n'],
  ['braces', '{ apiVersion: cer/v1, kind: Catalog, spec: } # x'],
])('a flow is written into a definition with %s', (_, before) => {
  const flow = { name: 'c', slis: [sli] };
  const after = flowIn(before, flow);
  expect(parse(after)).toEqual({ ...parse(before), spec: { flows: [flow] } });
  expect(after).toContain('# x');
});

test('a flow is written below comments alone, which stay', () => {
  const after = flowIn('# of the shop\n', { name: 'c' });
  expect(after).toMatch(/^# of the shop\n/);
  expect(parse(after)).toMatchObject({ kind: 'Catalog', spec: { flows: [{ name: 'c' }] } });
});

test('an SLI is written into a flow whose SLIs are null', () => {
  expect(parse(sliIn(below('    - name: a\n      slis: ~\n'), 'a', sli)).spec.flows[0].slis).toEqual([sli]);
  expect(parse(sliIn(below('    - { name: a, slis: }\n'), 'a', sli)).spec.flows[0].slis).toEqual([sli]);
});

test.each([
  ['is text', 'my flows'],
  ['is a list', '- a\n'],
  ['has a text for spec', 'spec: later\n'],
  ['has an alias for spec', 'x: &x { flows: [] }\nspec: *x\n'],
  ['has an alias for flows', 'x: &x [{ name: a }]\nspec:\n  flows: *x\n'],
  ['has a mapping for flows', 'spec:\n  flows:\n    a: {}\n'],
])('nothing is written into a definition that %s', (_, before) => {
  expect(withNewFlow(before, { name: 'c' })).toBeUndefined();
  expect(withNewSLI(before, 'a', sli)).toBeUndefined();
});

test('no SLI is written in the place of an alias of other SLIs', () => {
  const before = below('    - name: a\n      slis: &common [{ name: ok }]\n    - name: b\n      slis: *common\n');
  expect(withNewSLI(before, 'b', sli)).toBeUndefined();
});

test('an SLI of a flow that there is not makes it', () => {
  expect(parse(sliIn(block, 'new', sli)).spec.flows[2]).toEqual({ name: 'new', slis: [sli] });
});

test('the flow is known that the cursor is in', () => {
  expect(flowAt(block, block.indexOf('total'))).toBe('a');
  expect(flowAt(block, block.indexOf('probe'))).toBe('b');
  expect(flowAt(block, 3)).toBeUndefined();
  expect(flowAt('', 0)).toBeUndefined();
});
