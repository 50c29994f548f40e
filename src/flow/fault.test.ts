import { faultText } from './fault';

test.each([
  [
    "the backend's own words",
    { status: 403, data: { message: 'this needs the role Editor' }, message: 'x' },
    'this needs the role Editor',
  ],
  ["Grafana's words", { data: { error: 'Not found' } }, 'Not found'],
  ['what was thrown', new Error('no network'), 'no network'],
  ['the status', { statusText: 'Bad Gateway' }, 'Bad Gateway'],
  ['something, where nothing is known', null, 'Something went wrong, and no reason was given.'],
])('an error reads as %s', (_, error, text) => {
  expect(faultText(error)).toBe(text);
});
