import { Matcher, selectorOf } from './selector';

const matcher = (label: string, value: string, operator: Matcher['operator'] = '='): Matcher => ({
  label,
  operator,
  value,
});

test.each<[string, string, Matcher[], string]>([
  ['a metric alone', 'up', [], 'up'],
  ['labels', 'up', [matcher('job', 'a'), matcher('code', '5..', '!~')], 'up{job="a",code!~"5.."}'],
  ['no row without a label', 'up', [matcher('', 'a')], 'up'],
  ['quotes and backslashes', 'up', [matcher('a', 'x"\\d\n', '=~')], 'up{a="x\\"\\\\d\\n"}'.replace('a=', 'a=~')],
  ['names that need quotes', 'http.requests', [matcher('service.name', 'a')], '{"http.requests","service.name"="a"}'],
])('%s is written as PromQL has it', (_, metric, matchers, text) => {
  expect(selectorOf(metric, matchers)).toBe(text);
});
