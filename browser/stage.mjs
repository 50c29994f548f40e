// What the tests play on: the page with the editors, the backend behind a bridge, and a browser. One stage serves all.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'bin');
const dist = process.env.CER_PLUGIN_DIST ?? path.join(root, 'dist');

/** Where screenshots and the bridge's log go. */
export const output = path.join(bin, 'browser-output');

/** How long anything that is waited for may take, in milliseconds: minutes, since many may share a machine. */
const PATIENCE = 300_000;

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What went wrong in the page, in sentences. */
export const faults = [];

let browser;
let page;
let bridge;
let address;
let uid;
let definition;
let shop;
let meshAddress;

/** start builds what has changed, and starts everything. */
export async function start() {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const executablePath = findChromium();
  run('npx', ['webpack', '--config', 'browser/webpack.config.js'], root);
  run('go', ['build', '-o', path.join(bin, 'bridge'), './cmd/bridge'], path.join(root, 'pkg/demo'));
  browser = await chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS, timeout: PATIENCE });
  await startBridge();
  shop = await settings();
  definition = shop.jsonData.definition;
  await openPage();
}

/** stop ends everything that was started. */
export async function stop() {
  await browser?.close();
  if (bridge) {
    const ended = new Promise((resolve) => bridge.once('exit', resolve));
    bridge.stdin.end();
    await ended;
  }
}

/** The settings that the bridge holds. */
export const settings = () => get('');

/** get asks for something of the data source. */
export async function get(what, method = 'GET', body = undefined) {
  const response = await fetch(`${address}/api/datasources/uid/${uid}${what}`, {
    method,
    body: body && JSON.stringify(body),
  });
  return response.json();
}

/** ask has the backend answer a query over a time range in milliseconds, and returns what the frames hold. */
export async function ask(query, { from, to }) {
  const queries = [{ refId: 'A', intervalMs: 60_000, maxDataPoints: 100, ...query }];
  const body = JSON.stringify({ from: String(from), to: String(to), queries });
  const response = await fetch(`${address}/api/ds/query`, { method: 'POST', body });
  const { frames } = (await response.json()).results.A;
  return frames.map(({ schema, data }) => ({
    fields: schema.fields.map(({ name, labels, config }, i) => ({
      name,
      ...(labels && { labels }),
      ...(config?.unit && { unit: config.unit }),
      values: data.values[i],
    })),
    ...(schema.meta.executedQueryString && { asked: schema.meta.executedQueryString }),
  }));
}

/** mesh is the address of a store that has Istio's telemetry of 60 services. */
export const mesh = () => meshAddress;

/** put changes the settings that the bridge holds. */
export const put = async (changed) => get('', 'PUT', { ...(await settings()), ...changed });

/** save puts a definition into the settings of the shop; without one, the shop's. */
export async function save(text = definition) {
  await put({ url: shop.url, jsonData: { ...shop.jsonData, definition: text } });
}

/** open shows an editor anew, and returns the page, which all tests share. */
export async function open(editor, params = {}) {
  await page.mouse.move(0, 0);
  await page.evaluate((search) => window.show(search), `?${new URLSearchParams({ editor, uid, ...params })}`);
  return page;
}

/** overflow is by how many pixels the page stays wider than a narrow window, such as half of Explore. */
export async function overflow(picture) {
  const wide = page.viewportSize();
  await page.setViewportSize({ ...wide, width: 640 });
  // Code editors follow the window a moment later.
  await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth).catch(() => undefined);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.screenshot({ path: path.join(output, picture), fullPage: true });
  await page.setViewportSize(wide);
  return excess;
}

/** openPage loads the page, and notes what goes wrong in it. */
async function openPage() {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => response.status() === 404 && faults.push(`${response.url()} is not there`));
  await page.goto(`${address}/?${new URLSearchParams({ editor: 'variable', uid })}`);
  // Colors are tested for contrast, and would differ while they fade from one to another.
  await page.addStyleTag({ content: '*, *::before, *::after { transition: none !important; }' });
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** findChromium returns the path of a Chromium, without which nothing here can be tested. */
function findChromium() {
  const found = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  if (!existsSync(found)) {
    throw new Error(
      `There is no Chromium at ${found}. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`
    );
  }
  return found;
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
  }
}

/** startBridge starts the bridge and waits until it says where it is. It ends with this process. */
async function startBridge() {
  if (!existsSync(path.join(dist, 'plugin.json'))) {
    throw new Error(`There is no plugin in ${dist}. Build it with: go tool mage build`);
  }
  const files = [
    `/=${path.join(root, 'browser/page')}`,
    `/built/=${path.join(bin, 'browser')}`,
    `/public/lib/monaco/min/=${path.join(root, 'node_modules/monaco-editor/min')}`,
  ];
  const log = openSync(path.join(output, 'bridge.log'), 'w');
  const args = ['-plugin', dist, ...files.flatMap((f) => ['-files', f])];
  bridge = spawn(path.join(bin, 'bridge'), args, { stdio: ['pipe', 'pipe', log] });
  ({
    address,
    uid,
    mesh: meshAddress,
  } = await new Promise((resolve, reject) => {
    bridge.once('error', reject);
    bridge.once('exit', () => reject(new Error(`The bridge does not start; its log is ${output}/bridge.log.`)));
    createInterface({ input: bridge.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  }));
}
