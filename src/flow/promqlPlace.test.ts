import { promqlPlace } from './promqlPlace';

test.each([
  ['', { kind: 'metric', typed: '' }],
  ['http_re', { kind: 'metric', typed: 'http_re' }],
  ['slo:sli_e', { kind: 'metric', typed: 'slo:sli_e' }],
  ['sum(rate(http', { kind: 'metric', typed: 'http' }],
  ['a_total / b', { kind: 'metric', typed: 'b' }],
  ['a_total{', { kind: 'label', typed: '', metric: 'a_total' }],
  ['a_total{co', { kind: 'label', typed: 'co', metric: 'a_total' }],
  ['a_total{code!~"5..", me', { kind: 'label', typed: 'me', metric: 'a_total' }],
  ['{"http.requests", me', { kind: 'label', typed: 'me', metric: 'http.requests' }],
  ['{__name__="a_total", me', { kind: 'label', typed: 'me', metric: 'a_total' }],
  ['{me', { kind: 'label', typed: 'me', metric: undefined }],
  ['a_total{code="', { kind: 'value', typed: '', metric: 'a_total', label: 'code', quote: '"' }],
  ['a_total{code=~"5', { kind: 'value', typed: '5', metric: 'a_total', label: 'code', quote: '"' }],
  ["a_total{x='1', code!='5", { kind: 'value', typed: '5', metric: 'a_total', label: 'code', quote: "'" }],
  ['a_total{"http.route"="/x', { kind: 'value', typed: '/x', metric: 'a_total', label: 'http.route', quote: '"' }],
  ['a_total{path="a,b{', { kind: 'value', typed: 'a,b{', metric: 'a_total', label: 'path', quote: '"' }],
  ['sum by (re', { kind: 'label', typed: 're' }],
  ['sum without(a, b', { kind: 'label', typed: 'b' }],
  ['sum(a_total{x="1"} + b', { kind: 'metric', typed: 'b' }],
  ['a_total{code="5"', undefined],
  ['a_total{code=', undefined],
  ['a_total{code="5"}', undefined],
  ['rate(a_total[5', undefined],
  ['a_total > 0.5', undefined],
  ['"x', undefined],
])('%s', (text, want) => {
  expect(promqlPlace(text)).toEqual(want);
});

test.each([
  ['', { kind: 'label', typed: '', metric: undefined }],
  ['job=~"sh', { kind: 'value', typed: 'sh', metric: undefined, label: 'job', quote: '"' }],
  ['job="x", en', { kind: 'label', typed: 'en', metric: undefined }],
  ['job="x"', undefined],
])('among matchers: %s', (text, want) => {
  expect(promqlPlace(text, true)).toEqual(want);
});
