import { expect, test } from '@grafana/plugin-e2e';
import { choose, pane } from './editor';
import { FLOWS, SHOP, TITLES } from './backend';

test('Explore shows the query editor and runs a query', async ({ page, explorePage }) => {
  await page.goto(pane(SHOP));
  const level = page.getByRole('group', { name: 'Level' });
  await expect(level.getByRole('radio', { name: 'Overall' })).toBeChecked();
  await expect(page.getByRole('status', { name: 'Shows' })).toContainText('The score of all flows together over time');

  const answered = page.waitForResponse('**/api/ds/query*');
  await choose(level, 'Flow');
  const { results } = await (await answered).json();
  expect(results.A.frames).toHaveLength(FLOWS.length);
  for (const title of TITLES) {
    await expect(explorePage.timeSeriesPanel.locator.getByRole('button', { name: title, exact: true })).toBeVisible();
  }

  await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
  await expect(page.getByRole('region', { name: 'PromQL' })).toContainText('(rate(http_requests_total{');
});

test('Explore says whose the newest numbers are', async ({ page }) => {
  await page.goto(pane(SHOP, { measure: 'score', level: 'flow', format: 'latest' }));
  for (const flow of FLOWS) {
    await expect(page.getByRole('row').filter({ hasText: new RegExp(`^${flow}[\\d.]+%$`) })).toBeVisible();
  }
});
