import { bytesOf, MIB, bytes, isDurationSetting, isTooLong, MAX_DEFINITION, percent, wholeNumber } from './settings';

test('the length of a definition is that of its UTF-8', () => {
  expect(bytes('ü😀')).toBe(6);
  expect(isTooLong('x'.repeat(MAX_DEFINITION))).toBe(false);
  expect(isTooLong('ü'.repeat(MAX_DEFINITION / 2) + 'x')).toBe(true);
});

test.each([
  ['', true],
  [undefined, true],
  ['15s', true],
  ['15', false],
  ['0s', false],
])('the duration setting %p is valid: %p', (text, valid) => {
  expect(isDurationSetting(text)).toBe(valid);
});

test.each([
  ['20', 20],
  ['2.7', 2],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['many', undefined],
])('the number %p is read as %p', (text, n) => {
  expect(wholeNumber(text)).toBe(n);
});

test.each([
  [0.75, '75%'],
  [1 / 3, '33.3%'],
  [0, '0%'],
])('a share of %p reads %p', (share, said) => {
  expect(percent(share)).toBe(said);
});

test.each([
  ['', undefined],
  ['0', 0],
  ['64', 64 * MIB],
  ['-1', undefined],
  ['much', undefined],
])('%s MiB are %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});
