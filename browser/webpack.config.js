// Builds the page that mounts the editors outside Grafana, for the tests in a browser. Nothing of it is shipped.
const path = require('path');
const webpack = require('webpack');

module.exports = {
  mode: 'development',
  devtool: false,
  context: path.join(__dirname, 'page'),
  entry: { page: './index.tsx' },
  cache: { type: 'filesystem', cacheDirectory: path.resolve(__dirname, '../node_modules/.cache/browser') },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2020',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'classic' } },
            },
          },
        },
      },
      // Some of Grafana's packages import without the ending that webpack wants of modules.
      { test: /\.m?js$/, resolve: { fullySpecified: false } },
    ],
  },
  output: { path: path.resolve(__dirname, '../bin/browser'), filename: '[name].js', publicPath: '/built/' },
  plugins: [
    new webpack.DefinePlugin({ 'process.env.NODE_ENV': '"development"' }),
    new webpack.ProvidePlugin({ process: path.join(__dirname, 'page/process.ts') }),
  ],
  resolve: { extensions: ['.ts', '.tsx', '.js'], fallback: { stream: false, buffer: false, fs: false, path: false } },
  stats: 'errors-only',
  performance: { hints: false },
};
