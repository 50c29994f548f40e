// What browsers have and jsdom lacks.
require('@testing-library/jest-dom');
const { configure } = require('@testing-library/dom');
const { TextEncoder, TextDecoder } = require('util');

Object.assign(global, { TextEncoder, TextDecoder });

// Only so that no test hangs: what is waited for takes long where many share a machine.
configure({ asyncUtilTimeout: 120_000 });

// Grafana 10.1's own components have defaultProps, which React 18.3 announces to end.
const consoleError = console.error;
console.error = (format, ...args) => {
  if (!String(format).includes('Support for defaultProps will be removed')) {
    consoleError(format, ...args);
  }
};

global.matchMedia = (query) => ({
  matches: false,
  media: query,
  addListener: () => {},
  removeListener: () => {},
  addEventListener: () => {},
  removeEventListener: () => {},
});

global.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
