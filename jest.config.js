// Packages that are published as ES modules only and have to be compiled for jest.
const esModules = [
  '@grafana/schema',
  'd3',
  'd3-[a-z]+',
  'internmap',
  'delaunator',
  'robust-predicates',
  'ol',
  'react-colorful',
  'uuid',
];

const swc = (syntax) => [
  '@swc/jest',
  {
    sourceMaps: 'inline',
    jsc: {
      target: 'es2020',
      parser: syntax,
      transform: { react: { runtime: 'classic' } },
    },
  },
];

module.exports = {
  roots: ['<rootDir>/src'],
  testEnvironment: 'jsdom',
  // Only so that no test hangs: typing into Grafana's selects takes long where many share a machine.
  testTimeout: 600_000,
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
  setupFilesAfterEnv: ['<rootDir>/jest.setup.js'],
  transform: {
    '^.+\\.tsx?$': swc({ syntax: 'typescript', tsx: true }),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [`node_modules/(?!(${esModules.join('|')})/)`],
};
