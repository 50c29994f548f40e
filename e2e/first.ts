// Goes through docs/first-ten-minutes.md, from an empty data source to an alert that fires, and takes the pictures of it. The store at
// CER_MESH_URL is that of `go run ./cmd/mesh` in pkg/demo: a mesh of 60 services, one of which fails.
import { expect, test } from '@grafana/plugin-e2e';
import { APIRequestContext, Locator, Page } from '@playwright/test';

/** How many clicks all of it may take. */
const PATIENCE = 12;

const NAME = 'cer of the mesh';
const FOLDER = 'first-minutes';
const RULE = 'Users are served badly';

test.use({ viewport: { width: 1440, height: 1000 }, actionTimeout: 20_000 });

test.afterEach(async ({ request }) => {
  await request.delete(`/api/folders/${FOLDER}?forceDeleteRules=true`);
  await request.delete(`/api/datasources/name/${NAME}`);
});

test('from an address to an alert that fires', async ({ page, request }) => {
  test.setTimeout(300_000);
  const store = process.env.CER_MESH_URL;
  expect(store, 'CER_MESH_URL is the address that go run ./cmd/mesh prints').toBeTruthy();
  const made = await request.post('/api/datasources', {
    data: { name: NAME, type: 'cer-reliability-datasource', access: 'proxy', url: '', jsonData: {} },
  });
  const { uid } = (await made.json()).datasource;
  await request.post('/api/folders', { data: { uid: FOLDER, title: FOLDER } });
  let clicks = 0;
  const click = async (what: Locator) => {
    await what.click();
    clicks++;
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  await page.goto(`/connections/datasources/edit/${uid}`);
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill(store!);
  await click(button('Save & test'));
  await expect(page.getByText(/ was reached\. Next, define a catalog/)).toBeVisible();
  await click(button('Propose a catalog from the store'));
  await expect(page.getByRole('checkbox', { name: 'search', exact: true })).toBeChecked();
  await picture(page, 'propose');
  await click(button('Put into the editor'));
  await expect(page.getByRole('img', { name: /^Scores of search over the last 7 days/ })).toBeVisible();
  await click(button('Save & test'));
  await expect(page.getByText(/ 5 flows, 10 SLIs\./)).toBeVisible();
  await picture(page, 'saved');
  await click(button(/^Import dashboards/));
  await expect(page.getByRole('link', { name: 'cer overview' })).toBeVisible();

  await click(page.getByRole('link', { name: 'cer overview' }));
  await page.waitForURL(/\/d\//);
  await expect(page.getByRole('row').filter({ hasText: 'checkout' }).first()).toBeVisible();
  await expect(page.getByLabel('Panel status error')).toHaveCount(0);
  await picture(page, 'overview');

  await page.goto(`/connections/datasources/edit/${uid}`);
  await click(page.getByRole('link', { name: 'Explore' }).last());
  await expect(page.getByText(/^The score of all flows together/)).toBeVisible();
  await expect(page.locator('canvas').first()).toBeVisible();
  await picture(page, 'explore');

  await page.goto('/alerting/new/alerting');
  await page.getByLabel('Rule name').fill(RULE);
  await expect(page.getByText(/^The latest state of each flow/)).toBeVisible();
  await click(page.getByRole('combobox', { name: 'Select a folder' }));
  await page.keyboard.type(FOLDER);
  await page.locator('[aria-label="Select option"]').filter({ hasText: FOLDER }).waitFor();
  await page.keyboard.press('Enter');
  await click(page.getByRole('button', { name: 'New evaluation group' }));
  await page.getByPlaceholder('Enter a name').fill('users');
  await page.getByPlaceholder('e.g. 5m').fill('10s');
  await click(page.getByRole('button', { name: 'Create' }));
  await page.getByRole('group', { name: 'Set alert evaluation behavior' }).getByRole('textbox').fill('0s');
  await picture(page, 'rule');
  await click(page.getByRole('button', { name: 'Save rule and exit' }));
  await expect.poll(() => firing(request), { timeout: 60_000 }).toEqual(['checkout']);
  expect(clicks).toBeLessThanOrEqual(PATIENCE);
});

/** firing are the flows for which the rule fires. */
async function firing(request: APIRequestContext): Promise<string[]> {
  const response = await request.get('/api/prometheus/grafana/api/v1/rules');
  const groups: Array<{ rules: Array<{ name: string; alerts?: Alert[] }> }> = (await response.json()).data.groups;
  const alerts = groups.flatMap(({ rules }) => rules).find(({ name }) => name === RULE)?.alerts ?? [];
  return alerts.filter(({ state }) => state === 'Alerting').map(({ labels }) => labels.flow);
}

interface Alert {
  state: string;
  labels: Record<string, string>;
}

/** picture takes one of a page that loads no more. */
async function picture(page: Page, name: string) {
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `docs/img/first-${name}.png` });
}
