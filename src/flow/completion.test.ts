import { explanationAt, storeQuestionAt, storeSuggestions, suggestionsAt } from './completion';

/** unmarked returns a text without its |, and where that stood. */
function unmarked(marked: string): [string, number] {
  const offset = marked.indexOf('|');
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

/** offered are the labels of what is offered at the |. */
const offered = (marked: string) => suggestionsAt(...unmarked(marked)).map(({ label }) => label);

const HEAD = 'apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n';
const SLI = `${HEAD}  flows:\n    - name: checkout\n      slis:\n        - name: success\n`;

test('the fields of a document are offered, without those it has', () => {
  expect(offered('|')).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'orgs']);
  expect(offered('apiVersion: cer/v1\n|\nspec: {}')).toEqual(['kind', 'metadata', 'orgs']);
});

test('those of a flow are offered in both styles, what is needed first', () => {
  expect(offered(`${HEAD}  flows:\n    - |`).slice(0, 3)).toEqual(['name', 'title', 'description']);
  expect(offered(`${HEAD}  flows: [{ name: x, | }]`).slice(0, 3)).toEqual(['title', 'description', 'labels']);
});

test('those of an SLI and of its kind are offered', () => {
  expect(offered(`${SLI}          |`)).toEqual(expect.arrayContaining(['component', 'ratio', 'quantile', 'fallback']));
  expect(offered(`${SLI}          |`)).not.toContain('name');
  expect(offered(`${SLI}          quantile: { |`)).toEqual(['histogram', 'q']);
  expect(offered(`${SLI}          curve:\n            |`)).toContain('logNormal');
  expect(offered(`${SLI}          curve: { step: { at: 1, better: |`)).toEqual(['lower', 'higher']);
  expect(offered(`${SLI}          ratio: { good: { | } }`)).toEqual(['selector', 'samplingRate']);
});

test('words are offered for the values that choose from them', () => {
  expect(offered(`${SLI}          component: |`)).toContain('availability');
  expect(offered(`${SLI}          key: |`)).toEqual(['true', 'false']);
  expect(offered(`${SLI}          name: |`)).toEqual([]);
  expect(offered('apiVersion: |')).toEqual(['cer/v1']);
});

test('what is inserted goes on as YAML', () => {
  const insert = (marked: string, name: string) => {
    const [text, offset] = unmarked(marked);
    const chosen = suggestionsAt(text, offset).find(({ label }) => label === name)!;
    return text.slice(0, chosen.from) + chosen.insert + text.slice(chosen.to);
  };
  expect(insert(`${SLI}          wei|`, 'weight')).toBe(`${SLI}          weight: `);
  expect(insert(`${SLI}          ra|`, 'ratio')).toBe(`${SLI}          ratio:`);
  expect(insert('metadata: { na| }', 'name')).toBe('metadata: { name:  }');
  expect(insert('metadata: { n|am: shop }', 'name')).toBe('metadata: { name: shop }');
  expect(insert(`${SLI}          component: lat|en`, 'latency')).toBe(`${SLI}          component: latency`);
});

test('fields and words are explained by the sentences of the schema, in both styles', () => {
  const explained = (marked: string) => explanationAt(...unmarked(marked))?.doc;
  expect(explained('spec:\n  min|Coverage: 0.5')).toMatch(/^The share of the weight/);
  expect(explained('spec: { |minCoverage: 0.5 }')).toMatch(/^The share of the weight/);
  expect(explained(`${SLI}          component: lat|ency`)).toBe('Whether it is fast.');
  expect(explained(`${SLI}          missing: ignore|`)).toMatch(/^Leaves the SLI out/);
  expect(explained(`${SLI}          curve: { log|Normal: {} }`)).toMatch(/^Lighthouse/);
  expect(explained('spec:\n  nothing|: 0.5')).toBeUndefined();
  expect(explained('spec:\n  minCoverage: 0.|5')).toBeUndefined();
});

test('the store is asked for what PromQL is written', () => {
  const asked = (marked: string) => storeQuestionAt(...unmarked(marked));
  expect(asked(`${SLI}          ratio: { total: htt| }`)).toMatchObject({ kind: 'metric', typed: 'htt' });
  expect(asked(`${SLI}          ratio:\n            bad: 'req{co|'`)).toMatchObject({ kind: 'label', metric: 'req' });
  expect(asked(`${SLI}          ratio: { bad: 'req{code="5|"}' }`)).toMatchObject({
    kind: 'value',
    metric: 'req',
    label: 'code',
    typed: '5',
  });
  expect(asked(`${SLI}          ratio: { bad: "req{code=\\"5|" }`)).toMatchObject({ kind: 'value', label: 'code' });
  expect(asked(`${SLI}          trust: ['jo|']`)).toMatchObject({ kind: 'label', typed: 'jo' });
  expect(asked(`${SLI}          latency: { histogram: |`)).toMatchObject({ kind: 'metric', isHistogram: true });
  expect(asked(`${SLI}          dependsOn: |`)).toBeUndefined();
});

test('the store is asked within what is trusted in that place', () => {
  const trusted = (marked: string) => storeQuestionAt(...unmarked(marked))?.trust;
  const spec = SLI.replace('  flows', '  trust: [\'job="shop"\']\n  flows');
  expect(trusted(`${SLI}          ratio: { bad: x| }`)).toBeUndefined();
  expect(trusted(`${spec}          ratio: { bad: x| }`)).toEqual(['job="shop"']);
  expect(trusted(`${spec}          ratio: { bad: 'x{|`)).toEqual(['job="shop"']);
  expect(trusted(`${spec}          trust: []\n          ratio: { bad: x| }`)).toEqual([]);
});

test('names of the store are written as PromQL and YAML have them', () => {
  const written = (marked: string, names: string[]) => {
    const [text, offset] = unmarked(marked);
    return storeSuggestions(storeQuestionAt(text, offset)!, names).map(
      ({ insert, from, to }) => text.slice(0, from).slice(HEAD.length) + insert + text.slice(to)
    );
  };
  const at = (value: string) => `${HEAD}  events: [{ promql: ${value} }]`;
  const want = (value: string) => `  events: [{ promql: ${value} }]`;
  expect(written(at('bu|'), ['build_info'])).toEqual([want('build_info')]);
  expect(written(at("'up + bu|il'"), ['build_info', 'http.x'])).toEqual([
    want("'up + build_info'"),
    want('\'up + {"http.x"}\''),
  ]);
  expect(written(at('\'x{a="|"}\''), ["it's", 'a"b'])).toEqual([want("'x{a=\"it''s\"}'"), want('\'x{a="a\\"b"}\'')]);
  expect(written(at('"x{|}"'), ['job', 'http.route'])).toEqual([want('"x{job}"'), want('"x{\\"http.route\\"}"')]);
});

test('a histogram is offered by its own name', () => {
  const question = storeQuestionAt(...unmarked(`${SLI}          latency: { histogram: |`))!;
  const names = ['a_bucket', 'a_count', 'a_sum', 'b_total'];
  expect(storeSuggestions(question, names).map(({ label }) => label)).toEqual(['a', 'b_total']);
});
