import { expect, test } from '@grafana/plugin-e2e';
import { APIRequestContext } from '@playwright/test';
import { CerOptions } from '../src/types';
import { shopSettings } from './backend';

/** A definition that ends with the fields of an SLI. */
const SEARCHES = `apiVersion: cer/v1
kind: Catalog
metadata: { name: searches }
spec:
  flows:
    - name: search
      slis:
        - name: success
          ratio: { bad: 'http_requests_total{handler="/search",code=~"5.."}', total: http_requests_total }`;

/** The data source that a spec has made. */
let made: string | undefined;

test.afterEach(async ({ request }) => {
  await request.delete(`/api/datasources/uid/${made}`);
});

/** copyOfShop makes a data source like the shop's, apart from what it is given, and returns its uid. */
async function copyOfShop(request: APIRequestContext, settings: { url?: string } & CerOptions): Promise<string> {
  const shop = await shopSettings(request);
  const { url = shop.url, ...options } = settings;
  const jsonData = { ...shop.jsonData, ...options };
  const data = { name: 'cer of a spec', type: shop.type, access: 'proxy', url, jsonData };
  const response = await request.post('/api/datasources', { data });
  expect(response.status(), await response.text()).toBe(200);
  made = (await response.json()).datasource.uid as string;
  return made;
}

test('Save & test names the store, the catalog and how many flows it has', async ({
  request,
  gotoDataSourceConfigPage,
}) => {
  const settings = await gotoDataSourceConfigPage(await copyOfShop(request, {}));
  await expect(settings.saveAndTest()).toBeOK();
  await expect(settings).toHaveAlert('success', {
    hasText: /Prometheus [\d.]+ was reached\. Catalog shop, revision \w+: 5 flows, 24 SLIs\./,
  });
});

test('Save & test says that nothing answers at a wrong address', async ({ request, gotoDataSourceConfigPage }) => {
  const settings = await gotoDataSourceConfigPage(await copyOfShop(request, { url: 'http://127.0.0.1:9' }));
  await expect(settings.saveAndTest()).not.toBeOK();
  await expect(settings).toHaveAlert('error', { hasText: /127\.0\.0\.1:9.*connection refused/ });
});

test('Weights are tried out, taken over into the definition, and saved', async ({
  request,
  page,
  gotoDataSourceConfigPage,
}) => {
  const settings = await gotoDataSourceConfigPage(await copyOfShop(request, {}));
  await page.getByRole('button', { name: 'What if the weights were different?' }).click();
  const overall = page.getByRole('table', { name: 'Scores' }).getByRole('row', { name: /^Overall/ });
  await expect(overall.getByRole('cell')).toHaveCount(1);
  await page.getByRole('spinbutton', { name: 'Weight of login', exact: true }).fill('400');
  await expect(overall.getByRole('cell')).toHaveText([/%$/, /%$/, /^\+[\d.]+ pp$/]);

  await page.getByRole('button', { name: 'Apply to catalog' }).click();
  await expect(settings.saveAndTest()).toBeOK();
  const saved = await (await request.get(`/api/datasources/uid/${made}`)).json();
  expect(saved.jsonData.definition).toMatch(/^ +weight: 400$/m);
});

test('A broken definition is marked as it is typed, and Save & test says line and column', async ({
  request,
  page,
  gotoDataSourceConfigPage,
}) => {
  const line = SEARCHES.split('\n').length + 1;
  const settings = await gotoDataSourceConfigPage(await copyOfShop(request, { definition: SEARCHES }));

  const editor = page.getByRole('textbox', { name: 'Catalog, YAML' });
  await editor.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter'); // The editor indents the line as the one above.
  await page.keyboard.type('wait: 3');
  const issues = page.getByRole('list', { name: 'Issues in the catalog' });
  await expect(issues).toContainText(`Error, line ${line}, column`);

  await expect(settings.saveAndTest()).not.toBeOK();
  await expect(settings).toHaveAlert('error', { hasText: new RegExp(`${line}:\\d+`) });
});
