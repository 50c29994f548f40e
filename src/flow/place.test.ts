import { placeAt } from './place';

/** at returns the place of the | in a text, in a few words. */
function at(marked: string): string {
  const offset = marked.indexOf('|');
  const place = placeAt(marked.slice(0, offset) + marked.slice(offset + 1), offset);
  if (!place) {
    return 'nothing';
  }
  const path = place.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  const quote = place.quote === '' ? '' : ` in ${place.quote}`;
  const beside = place.siblings.length > 0 ? ` beside ${place.siblings.join(' ')}` : '';
  return `${place.kind} ${path}${quote} '${place.typed}'${beside}`;
}

test.each([
  ['an empty definition', '|', "key  ''"],
  ['a first key', 'ap|', "either  'ap'"],
  ['another key', 'apiVersion: cer/v1\nki|', "key  'ki' beside apiVersion"],
  ['an empty line', 'apiVersion: cer/v1\n|\nkind: Catalog', "key  '' beside apiVersion kind"],
  ['a value', 'kind: Ca|', "value .kind 'Ca'"],
  ['a value not begun', 'kind: |', "value .kind ''"],
  ['behind a colon', 'kind:|', 'nothing'],
  ['below a key', 'spec:\n  |', "either .spec ''"],
  ['begun below a key', 'spec:\n  wi|', "either .spec 'wi'"],
  ['beside a nested key', 'spec:\n  window: 5m\n  |', "key .spec '' beside window"],
  ['back at the left', 'spec:\n  window: 5m\n|', "key  '' beside spec"],
  ['half-way back', 'a:\n  b:\n    c: 1\n  |', "key .a '' beside b"],
  ['a new item', 'flows:\n  - |', "either .flows[0] ''"],
  ['a begun item', 'flows:\n  - na|', "either .flows[0] 'na'"],
  ['a second key of an item', 'flows:\n  - name: a\n    |', "key .flows[0] '' beside name"],
  ['a key of the second item', 'flows:\n  - name: a\n  - name: b\n    we|', "key .flows[1] 'we' beside name"],
  ['items as far left as their key', 'flows:\n- name: a\n  |', "key .flows[0] '' beside name"],
  ['beside a key whose items are as far left', 'flows:\n- name: a\n|', "key  '' beside flows"],
  ['items of items', '- - a|', "either [0][0] 'a'"],
  ['keys before and behind', 'a: 1\n|\nb: 2\nc: {d: 1}', "key  '' beside a b c"],
  ['a text item', 'trust:\n  - job|', "either .trust[0] 'job'"],
  ['a quoted item', "trust:\n  - 'job=~|'", "either .trust[0] in ' 'job=~'"],
  ['a comment', 'kind: Catalog # a|', 'nothing'],
  ['a line of a comment', '# a|', 'nothing'],
  ['another document', 'a: 1\n---\nb|', "either  'b'"],
  ['an anchor', 'a: &x b|', "value .a 'b'"],
])('in block style, %s', (_name, marked, want) => {
  expect(at(marked)).toBe(want);
});

test.each([
  ['a brace', 'metadata: {|', "key .metadata ''"],
  ['a brace and a space', 'metadata: { |', "key .metadata ''"],
  ['a begun key', 'metadata: { na|', "key .metadata 'na'"],
  ['a begun key that is closed', 'metadata: { na| }', "key .metadata 'na'"],
  ['a value', 'metadata: { name: s|', "value .metadata.name 's'"],
  ['a value not begun', 'metadata: { name: |', "value .metadata.name ''"],
  ['behind a colon', 'metadata: { name:|', 'nothing'],
  ['behind a value', 'metadata: { name: shop |', 'nothing'],
  ['another key', 'slis: [{ name: x, | }]', "key .slis[0] '' beside name"],
  ['between keys', 'slis: [{ name: x, |, weight: 3 }]', "key .slis[0] '' beside name weight"],
  ['the second item', 'slis: [{ name: x }, { we|', "key .slis[1] 'we'"],
  ['within another', 'a: { b: { c: 1, d|', "key .a.b 'd' beside c"],
  ['behind another', 'a: { b: { c: 1 }, d|', "key .a 'd' beside b"],
  ['an item of text', 'values: [eu, u|', "either .values[1] 'u'"],
  ['in an item in block style', 'slis:\n  - { name: x, |', "key .slis[0] '' beside name"],
  ['over lines', 'a: {\n    b: 1,\n    |\n  }', "key .a '' beside b"],
  ['a quoted value', "ratio: { bad: 'a{|' }", "value .ratio.bad in ' 'a{'"],
  ['a value in other quotes', 'ratio: { bad: "a{b=\\"|" }', 'value .ratio.bad in " \'a{b=\\"\''],
  ['behind a quoted value', "ratio: { bad: 'a, b: c', | }", "key .ratio '' beside bad"],
  ['a recorded name', 'a: { ratio: slo:sli|', "value .a.ratio 'slo:sli'"],
  ['a selector without quotes', 'a: { total: x{y|', "value .a.total 'x{y'"],
  ['a range without quotes', 'a: { total: rate(x[5m]), b|', "key .a 'b' beside total"],
  ['a comment', 'a: { # b|', 'nothing'],
])('in flow style, %s', (_name, marked, want) => {
  expect(at(marked)).toBe(want);
});

test.each([
  ['a brace that is not closed', 'spec:\n  metadata: { name: x\n  flows:\n    - |', "either .spec.flows[0] ''"],
  ['a quote that is not closed', "spec:\n  owner: 'x\n  flows:\n    - |", "either .spec.flows[0] ''"],
  ['a quote within braces', "spec:\n  a: { owner: 'x\n  flows:\n    - |", "either .spec.flows[0] ''"],
  ['a half-typed key before', 'spec:\n  win\n  |', "either .spec ''"],
  ['too many brackets', 'a: b ]}\nc|', "key  'c' beside a"],
  ['tabs', '\ta|', "either  'a'"],
  ['Windows lines', 'a: 1\r\nb|', "key  'b' beside a"],
])('past %s', (_name, marked, want) => {
  expect(at(marked)).toBe(want);
});

test.each([
  ['begins', 'when: |\n  sc^', "value .when in block '  sc'"],
  ['goes on', 'when: >-\n  a\n  && b^', "value .when in block '  a\n  && b'"],
  ['is over', 'when: |\n  a\nb^', "key  'b' beside when"],
  ['is over within items', 'p:\n  - when: |\n      a\n    c^', "key .p[0] 'c' beside when"],
  ['holds what looks like keys', 'when: |\n  a: 1\n  b^', "value .when in block '  a: 1\n  b'"],
])('a text in lines of its own %s', (_name, marked, want) => {
  const offset = marked.indexOf('^');
  const place = placeAt(marked.replace('^', ''), offset);
  const path = place?.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  const quote = place?.quote === '' ? '' : ` in ${place?.quote}`;
  const beside = place?.siblings.length ? ` beside ${place.siblings.join(' ')}` : '';
  expect(`${place?.kind} ${path}${quote} '${place?.typed}'${beside}`).toBe(want);
});

test('every offset of a definition has a place or none, in no long time', () => {
  const text = 'a: { b: [c, "d',
    other = "e: 'f\n  - g: |\n    h\n  # i\n- {{[:,\n";
  const long = (text + other).repeat(20);
  for (let offset = 0; offset <= long.length; offset++) {
    placeAt(long, offset);
  }
});
