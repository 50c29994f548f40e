import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { grave } from './accessibility.mjs';
import { faults, open, output, save } from './stage.mjs';

describe('the variable', () => {
  let page;

  before(() => save());
  beforeEach(async () => {
    faults.splice(0);
    page = await open('variable');
    await page.getByRole('heading', { name: 'Preview of values' }).waitFor();
  });
  afterEach(() => assert.deepEqual(faults, []));

  const names = () => page.getByRole('list', { name: 'Preview of values' }).getByRole('listitem');

  test('lists flows, SLIs of some flows, and components', async () => {
    await names().getByText('checkout').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['browse', 'search', 'login', 'checkout', 'account']);
    await page.getByText('SLIs', { exact: true }).click();
    await names().getByText('satisfaction').waitFor();
    await page.getByRole('combobox', { name: 'Flows' }).fill('login');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await names().getByText('satisfaction').waitFor({ state: 'detached' });
    assert.deepEqual(await names().allInnerTexts(), ['success', 'p95', 'trusted', 'reachable']);
    await page.getByText('Components', { exact: true }).click();
    await names().getByText('security').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['availability', 'latency', 'security']);
  });

  test('lists what the catalog tells users apart by, and the cohorts of one dimension', async () => {
    await page.getByText('Dimensions', { exact: true }).click();
    await names().getByText('tier').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['region', 'tier', 'release', 'product', 'team']);
    await page.getByText('Cohorts', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Dimension' }).fill('release');
    await page.keyboard.press('Enter');
    await names().getByText('canary').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['canary', 'stable']);
  });

  test('lists gates, the flows of one, and the dimension that it compares', async () => {
    await page.getByText('Gates', { exact: true }).click();
    await names().getByText('checkout-canary').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['checkout-canary']);
    await page.getByText('Dimensions', { exact: true }).click();
    await names().getByText('tier').waitFor();
    await page.getByRole('combobox', { name: 'For gate' }).fill('checkout-canary');
    await page.keyboard.press('Enter');
    await names().getByText('tier').waitFor({ state: 'detached' });
    assert.deepEqual(await names().allInnerTexts(), ['release']);
    await page.getByText('Flows', { exact: true }).click();
    await names().getByText('checkout').waitFor();
    assert.deepEqual(await names().allInnerTexts(), ['checkout']);
  });

  for (const theme of ['dark', 'light']) {
    test(`has no serious fault of accessibility, ${theme}`, async () => {
      page = await open('variable', { theme });
      await page.getByText('SLIs', { exact: true }).click();
      await names().getByText('satisfaction').waitFor();
      assert.deepEqual(await grave(page), []);
      await page.screenshot({ path: `${output}/variable-${theme}.png`, fullPage: true });
    });
  }
});
