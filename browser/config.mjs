import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { open, output, save } from './stage.mjs';

describe('the settings', () => {
  let page;
  beforeEach(() => save());
  afterEach(() => page?.close());

  test('list the catalog with its shares', async () => {
    page = await open('config');
    const flows = page.getByRole('list', { name: 'Flows of the catalog' });
    await flows.waitFor();
    assert.match(await flows.innerText(), /Checkout/);
    await flows.getByRole('img', { name: 'checkout has 29.4 % of the weight' }).waitFor();
    await page.screenshot({ path: `${output}/config.png`, fullPage: true });
    assert.deepEqual(page.faults, []);
  });
});
