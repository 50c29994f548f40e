import { expect, test } from '@grafana/plugin-e2e';
import { choose, select } from './editor';

test('A panel made from nothing shows what was chosen', async ({ page, panelEditPage }) => {
  await panelEditPage.datasource.set('cer');
  await panelEditPage.setVisualization('Table');

  await select(page, 'Measure', 'Traffic');
  await choose(page.getByRole('group', { name: 'Level' }), 'Flow');
  await select(page, 'Flows', 'checkout');
  await page.keyboard.press('Escape');
  const answered = page.waitForResponse((response) => Boolean(response.request().postData()?.includes('"latest"')));
  await choose(page.getByRole('group', { name: 'Format' }), 'Latest');
  const { results } = await (await answered).json();
  const traffic: number = results.A.frames[0].data.values[0][0];

  await expect(page.getByRole('status', { name: 'Shows' })).toContainText('The latest traffic of checkout');
  await expect(panelEditPage.panel.fieldNames).toHaveText(['Checkout']);
  const shown = await panelEditPage.panel.data.last().innerText();
  expect(shown).toMatch(/^[\d.]+ /);
  expect(parseFloat(shown)).toBeCloseTo(traffic, 1);
});
