/** What a label of a series has to be. */
export interface Matcher {
  label: string;
  operator: (typeof OPERATORS)[number];
  value: string;
}

export const OPERATORS = ['=', '!=', '=~', '!~'] as const;

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** selectorOf writes the series of a metric that have some labels, as PromQL has it. Matchers without a label are left out. */
export function selectorOf(metric: string, matchers: Matcher[]): string {
  const name = PLAIN_METRIC.test(metric) ? metric : '';
  const parts = [
    ...(name === '' ? [quoted(metric)] : []),
    ...matchers
      .filter(({ label }) => label !== '')
      .map(
        ({ label, operator, value }) => `${PLAIN_LABEL.test(label) ? label : quoted(label)}${operator}${quoted(value)}`
      ),
  ];
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

/** quoted writes a text in double quotes. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
