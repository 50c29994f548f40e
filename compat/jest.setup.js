// The newest Grafana's packages have a testing library of their own: see jest.setup.js.
require('../bin/compat/node_modules/@testing-library/dom').configure({ asyncUtilTimeout: 120_000 });

// What the newest Grafana asks of a browser beside what the oldest does.
global.IntersectionObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// Its icons arrive after a test has looked at what it tests.
const consoleError = console.error;
console.error = (format, ...args) => {
  if (!args.includes('InlineSVG')) {
    consoleError(format, ...args);
  }
};
