import { linesOf } from './sparkline';

const size = { width: 12, height: 12 };

test('values reach from the lower to the upper edge', () => {
  expect(linesOf([0, 5, 10], size)).toEqual(['1.0,11.0 1.0,11.0 6.0,6.0 11.0,1.0']);
});

test('what is not known is a gap, and a point alone a dot', () => {
  expect(linesOf([10, null, 0], size)).toEqual(['1.0,1.0 1.0,1.0', '11.0,11.0 11.0,11.0']);
  expect(linesOf([null, null], size)).toEqual([]);
});

test('a range can be stated, which values stay in', () => {
  expect(linesOf([0.4, 1], { ...size, min: 0.5, max: 1 })).toEqual(['1.0,11.0 1.0,11.0 11.0,1.0']);
});

test('nothing but zeros is a line at the bottom', () => {
  expect(linesOf([0, 0], size)).toEqual(['1.0,11.0 1.0,11.0 11.0,11.0']);
});
