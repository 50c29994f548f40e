// The tests of src against the newest Grafana: run with --rootDir, on the copy that `go tool mage compat` makes.
const base = require('../jest.config.js');

module.exports = {
  ...base,
  setupFilesAfterEnv: [require.resolve('../jest.setup.js'), require.resolve('./jest.setup.js')],
  moduleNameMapper: { '\\.css$': require.resolve('./styles.js') },
  // Which packages are published as ES modules only changes with every Grafana, and compiling all takes seconds.
  transformIgnorePatterns: ['/node_modules/.*\\.cjs$'],
};
