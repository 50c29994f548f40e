// Builds src/module.ts into dist/module.js, beside what the Go build puts there. Bundler, place and output are those of @grafana/create-plugin, which
// Grafana's plugin validator asks for. It is plain CommonJS, which Node 20 loads without a compiler.
const path = require('path');

// What Grafana offers its plugins at run time. It must not be bundled: two Reacts on a page do not work together.
// react/jsx-runtime, @grafana/schema and @grafana/i18n are not among them, since Grafana 10.1 lacks them.
const externals = [
  'lodash',
  'react',
  'react-dom',
  'rxjs',
  'rxjs/operators',
  '@emotion/css',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
];

module.exports = (_env, { mode }) => ({
  mode,
  context: path.resolve(__dirname, '../../src'),
  entry: { module: './module.ts' },
  externals,
  devtool: mode === 'production' ? 'source-map' : 'eval-source-map',
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2018',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'classic' } },
            },
          },
        },
      },
    ],
  },
  output: {
    // No clean: the backend and its files lie in the same directory.
    path: path.resolve(__dirname, '../../dist'),
    filename: '[name].js',
    // The Magefile compares times, so that a build without changes has to count as one too.
    compareBeforeEmit: false,
    library: { type: 'amd' },
    uniqueName: 'cer-reliability-datasource',
  },
  resolve: { extensions: ['.ts', '.tsx', '.js'] },
  stats: 'errors-warnings',
  performance: { hints: false },
});
