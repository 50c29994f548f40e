// Takes the pictures of the README and of the plugin's page.
import { test } from '@grafana/plugin-e2e';
import { expect, Page } from '@playwright/test';
import { SHOP } from './backend';
import { pane } from './editor';

const WIDTH = 1440;

test.use({ viewport: { width: WIDTH, height: 900 } });

for (const theme of ['dark', 'light']) {
  test(`overview in the ${theme} theme`, async ({ page }) => {
    await page.setViewportSize({ width: WIDTH, height: 1388 });
    await page.goto(`/d/cer-overview?kiosk&theme=${theme}`);
    await expect(page.getByRole('row').filter({ hasText: 'Checkout' }).first()).toBeVisible();
    await take(page, `img/overview-${theme}.png`);
  });
}

for (const theme of ['dark', 'light']) {
  test(`on call in the ${theme} theme`, async ({ page }) => {
    await page.setViewportSize({ width: WIDTH, height: 1615 });
    await page.goto(`/d/cer-on-call?kiosk&theme=${theme}`);
    await expect(page.getByRole('row').filter({ hasText: 'Checkout' }).first()).toBeVisible();
    await take(page, `img/on-call-${theme}.png`);
  });

  // Six hours are what the demo has when it starts.
  test(`executive in the ${theme} theme`, async ({ page }) => {
    await page.setViewportSize({ width: WIDTH, height: 1205 });
    await page.goto(`/d/cer-executive?kiosk&theme=${theme}&from=now-6h&to=now`);
    await expect(page.getByRole('row').filter({ hasText: 'Checkout' }).first()).toBeVisible();
    await take(page, `docs/img/executive-${theme}.png`);
  });
}

test('debug', async ({ page }) => {
  await page.setViewportSize({ width: WIDTH, height: 1615 });
  await page.goto('/d/cer-debug?kiosk&theme=dark&var-flow=checkout&from=now-6h&to=now');
  await expect(page.getByRole('row').filter({ hasText: 'Orders go through' }).first()).toBeVisible();
  await take(page, 'img/debug.png');
});

test('settings', async ({ page }) => {
  await page.setViewportSize({ width: WIDTH, height: 1080 });
  await page.goto(`/connections/datasources/edit/${SHOP}?kiosk`);
  const catalog = page.getByRole('region', { name: 'Catalog' });
  await expect(catalog.getByText('The catalog is valid.')).toBeVisible();
  // The editor tells keys, strings and numbers apart some time after it shows them.
  const colours = () =>
    catalog
      .locator('.view-line span[class^=mtk]')
      .evaluateAll((spans) => new Set(spans.map((span) => span.className)).size);
  await expect.poll(colours).toBeGreaterThan(4);
  await page.getByRole('button', { name: 'Save & test' }).scrollIntoViewIfNeeded();
  await take(page, 'img/settings.png');
});

test('explore', async ({ page }) => {
  await page.setViewportSize({ width: WIDTH, height: 1080 });
  await page.goto(`${pane(SHOP, { measure: 'score', level: 'flow', format: 'timeseries' })}&kiosk`);
  await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
  await take(page, 'docs/img/explore.png');
});

test('alerting', async ({ page }) => {
  await page.setViewportSize({ width: WIDTH, height: 1080 });
  await page.goto('/alerting/list?kiosk');
  await expect(page.getByTestId('group-collapse-toggle').first()).toBeVisible();
  for (const group of await page.getByTestId('group-collapse-toggle').all()) {
    await group.click();
  }
  await take(page, 'docs/img/alerting.png');
});

/** take writes what the page shows when it has come to rest. */
async function take(page: Page, path: string) {
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1500); // for what fades in and for charts
  await page.screenshot({ path });
}
