// How the specs are run against the Grafana at GRAFANA_URL. `go tool mage e2e` is what starts them.
import { defineConfig } from '@playwright/test';
import { PluginOptions } from '@grafana/plugin-e2e';
import { existsSync } from 'node:fs';
import path from 'node:path';

const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  throw new Error(`There is no Chromium at ${executablePath}. Install it, or set CHROMIUM_PATH to where it is.`);
}

export default defineConfig<PluginOptions>({
  outputDir: '../bin/e2e',
  reporter: 'list',
  // One Grafana serves all specs, and they are few.
  workers: 1,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: process.env.GRAFANA_URL,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: CHROMIUM_FLAGS },
  },
  projects: [
    {
      name: 'log in',
      testDir: path.join(path.dirname(require.resolve('@grafana/plugin-e2e')), 'auth'),
      testMatch: 'auth.setup.js',
    },
    {
      name: 'specs',
      testMatch: '*.spec.ts',
      dependencies: ['log in'],
      use: { storageState: 'playwright/.auth/admin.json' },
    },
    {
      name: 'first',
      testMatch: 'first.ts',
      dependencies: ['log in'],
      use: { storageState: 'playwright/.auth/admin.json' },
    },
    {
      name: 'screenshots',
      testMatch: 'screenshots.ts',
      dependencies: ['log in'],
      use: { storageState: 'playwright/.auth/admin.json' },
    },
  ],
});
