import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { grave } from './accessibility.mjs';
import { ask, faults, mesh, open, output, overflow, put, settings } from './stage.mjs';

/** How many clicks a first catalog may take. */
const PATIENCE = 12;

describe('a first catalog', () => {
  beforeEach(() => faults.splice(0));
  afterEach(() => assert.deepEqual(faults, []));

  for (const theme of ['dark', 'light']) {
    test(`is made of what the store has, without writing YAML, ${theme}`, async () => {
      await put({ url: '', jsonData: {} });
      const page = await open('config', { theme });
      let clicks = 0;
      const press = async (name) => {
        await page.getByRole('button', { name, exact: true }).click();
        clicks++;
      };
      await page.getByRole('textbox', { name: 'URL' }).fill(mesh());
      await press('Save & test');
      await page.getByText(/ was reached\. Next, define a catalog/).waitFor();
      await press('Propose a catalog from the store');
      const services = page.getByRole('table', { name: 'istio' });
      await services.getByRole('checkbox', { name: 'search' }).waitFor();
      assert.equal(await services.getByRole('checkbox', { checked: true }).count(), 5);
      assert.equal(await services.getByRole('checkbox').count(), 50);
      await services.getByText('and 10 more services with less traffic').waitFor();
      await page.mouse.move(0, 0); // Grafana's buttons have too little contrast under the mouse.
      await page.screenshot({ path: `${output}/discover-${theme}.png`, fullPage: true });
      assert.deepEqual(await grave(page), []);
      await press('Put into the editor');
      await page.getByText('5 flows with 10 SLIs are in the editor.').waitFor();
      await page.getByText('The catalog is valid.').waitFor();
      await page.getByRole('img', { name: 'Scores of search over the last 7 days' }).waitFor();
      await press('Save & test');
      await page.getByText(/ was reached\. Catalog \S+, revision \S+ 5 flows, 10 SLIs\./).waitFor();
      await page.mouse.move(0, 0);
      await page.screenshot({ path: `${output}/first-catalog-${theme}.png`, fullPage: true });
      assert.deepEqual(await grave(page), []);
      assert.ok(clicks <= PATIENCE, `it takes ${clicks} clicks`);
      assert.match((await settings()).jsonData.definition, /objective: 0\.99/);
      const now = Date.now();
      const [{ fields }] = await ask({ format: 'latest' }, { from: now - 3_600_000, to: now });
      const score = fields.at(-1).values[0];
      assert.ok(score > 0.99 && score < 1, `the score is ${score}`);
      if (theme === 'light') {
        assert.ok((await overflow('first-catalog-narrow.png')) <= 0);
      }
    });
  }
});
