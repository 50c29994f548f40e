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
