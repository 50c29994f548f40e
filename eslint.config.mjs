import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

const node = {
  module: 'writable',
  require: 'readonly',
  __dirname: 'readonly',
  global: 'writable',
  console: 'writable',
};

export default ts.config(
  { ignores: ['dist/', 'bin/', 'coverage/', 'node_modules/', 'pkg/', 'tools/', 'playwright/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  reactHooks.configs['recommended-latest'],
  {
    rules: {
      eqeqeq: 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: ['react/jsx-runtime', '@grafana/schema', '@grafana/i18n'].map((name) => ({
            name,
            message: 'Grafana 10.1 does not offer it to plugins.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/flow/**'],
    ignores: ['**/*.test.*'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['react', '@grafana/runtime', '@grafana/ui'].map((name) => ({
            name,
            message: 'flow/ is pure logic.',
          })),
        },
      ],
    },
  },
  {
    files: ['*.js', '.config/webpack/*.ts', 'browser/*.js', 'compat/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: node },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['browser/*.mjs'],
    languageOptions: {
      // What is evaluated in the page sees a browser's globals.
      globals: Object.fromEntries(
        ['process', 'fetch', 'URL', 'URLSearchParams', 'window', 'document'].map((name) => [name, 'readonly'])
      ),
    },
  }
);
