import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { grave } from './accessibility.mjs';
import { tabTo } from './keyboard.mjs';
import { ask, faults, get, open, output, overflow, save } from './stage.mjs';

const to = Math.floor(Date.now() / 60_000) * 60_000;
const range = { from: to - 3_600_000, to };

describe('the query', () => {
  let page;

  before(() => save());
  beforeEach(() => faults.splice(0));
  afterEach(() => assert.deepEqual(faults, []));

  /** begin shows the editor of a query, and waits until the catalog's names are there. */
  const begin = async (query = {}, params = {}) => {
    page = await open('query', { query: JSON.stringify(query), ...range, ...params });
    await page.getByRole('combobox', { name: 'Flows' }).waitFor();
  };

  const radio = (group, name) => page.getByRole('group', { name: group }).getByRole('radio', { name, exact: true });
  const sentence = (text) => page.getByRole('status', { name: 'Shows' }).filter({ hasText: text }).waitFor();
  const saved = async () => JSON.parse(await page.getByLabel('Saved query').textContent());

  /** check chooses one of a few values; the input itself is hidden behind its label. */
  const check = (group, name) => page.getByRole('group', { name: group }).getByText(name, { exact: true }).click();

  /** choose chooses out of a list, as someone does who types the name. */
  const choose = async (list, name) => {
    await page.getByRole('combobox', { name: list }).click();
    await page.keyboard.type(name);
    await page.locator('[aria-label="Select option"]').getByText(name, { exact: true }).first().click();
  };

  /** openOptions shows what is rarely set. */
  const openOptions = () => page.getByRole('button', { name: /^Options/ }).click();

  /** answer is what came back for the query. */
  const answer = async () => {
    const shown = page.getByLabel('Answer').filter({ hasText: /./ });
    await shown.waitFor({ state: 'attached' });
    return shown.textContent();
  };

  test('shows the score of all flows, until something else is chosen', async () => {
    await begin();
    await sentence('The score of all flows together over time, each point over the catalog');
    assert.ok(await radio('Level', 'Overall').isChecked());
    assert.ok(await radio('Format', 'Time series').isChecked());
  });

  test('splits by region and keeps a tier, whose names the store knows', async () => {
    await begin({ measure: 'score', level: 'flow', flows: ['checkout'], format: 'latest' });
    await choose('Split by', 'region');
    await page.keyboard.press('Escape');
    await choose('tier =', 'premium');
    await sentence('The latest score of checkout, by region (tier premium only)');
    const { by, where } = await saved();
    assert.deepEqual([by, where], [['region'], { tier: ['premium'] }]);
    for (const region of ['eu', 'us', 'ap']) {
      await page.getByLabel('Answer').filter({ hasText: region }).waitFor({ state: 'attached' });
    }
  });

  test('puts a value at the only level that it has', async () => {
    await begin();
    await choose('Measure', 'Value');
    await sentence('The value of each SLI of each flow over time');
    assert.equal(await page.getByRole('group', { name: 'Level' }).count(), 0);
    assert.ok(await page.getByRole('combobox', { name: 'SLIs' }).isEnabled());
    const { measure, level } = await saved();
    assert.deepEqual({ measure, level }, { measure: 'value', level: 'sli' });
  });

  test('is answered with what the backend answers', async () => {
    await begin();
    await check('Level', 'SLI');
    await choose('Flows', 'checkout');
    await page.keyboard.type('search');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await sentence('The score of each SLI of checkout and search over time');
    await openOptions();
    await choose('Window', '30m');
    await sentence('each point over 30 minutes.');
    const frames = JSON.parse(await answer());
    const query = await saved();
    assert.deepEqual(query.flows, ['checkout', 'search']);
    assert.equal(frames.length, 6 + 5);
    assert.deepEqual(frames, await ask(query, range));
  });

  for (const format of ['Latest', 'Table', 'Definition']) {
    test(`is answered in the format ${format.toLowerCase()}, too`, async () => {
      await begin({ level: 'flow' });
      await check('Format', format);
      const frames = JSON.parse(await answer());
      assert.ok(frames.length > 0);
      assert.deepEqual(frames, await ask(await saved(), range));
    });
  }

  test('shows the PromQL of the backend on demand', async () => {
    await begin({ level: 'sli', flows: ['checkout'], window: '10m' });
    await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
    const shown = page.getByLabel('PromQL', { exact: true });
    await shown.waitFor();
    const text = (await shown.innerText()).replace(/\s+/g, ' ');
    const expansions = await get('/resources/expand', 'POST', { flow: 'checkout', window: '10m' });
    assert.equal(expansions.length, 6);
    for (const { sli, formula, queries } of expansions) {
      assert.ok(text.includes(`checkout/${sli} over 10 minutes = ${formula}`), `${sli} in ${text}`);
      queries.forEach(({ name, promql }) => assert.ok(text.includes(`${name} = ${promql}`), promql));
    }
    await page.screenshot({ path: `${output}/query-promql.png`, fullPage: true });
    await page.getByRole('button', { name: 'Hide the PromQL' }).click();
    assert.equal(await shown.count(), 0);
  });

  test('takes variables of the dashboard', async () => {
    await begin({ level: 'flow' }, { variables: JSON.stringify({ flow: ['checkout', 'login'] }) });
    await choose('Flows', '$flow');
    const frames = JSON.parse(await answer());
    assert.deepEqual((await saved()).flows, ['$flow']);
    assert.deepEqual(frames, await ask({ level: 'flow', flows: ['checkout', 'login'] }, range));
  });

  test('says of a name that the catalog does not have it', async () => {
    await begin({ level: 'flow', flows: ['chekout'] });
    await page.getByText('chekout (not in the catalog)').waitFor();
    await check('Format', 'Latest');
    assert.match(await answer(), /^Error: .*there is no flow "chekout"/);
  });

  test('of an alert rule asks for the newest states', async () => {
    await begin({}, { app: 'unified-alerting' });
    await sentence('The latest state of each flow');
    assert.equal(await page.getByRole('group', { name: 'Format' }).getByRole('radio').count(), 2);
    assert.equal((await saved()).format, 'latest');
  });

  test('asks a gate for its verdict, in a table and as a number', async () => {
    await begin({ level: 'flow', flows: ['checkout'] });
    await check('Format', 'Gate');
    await sentence('A table of each SLI with the verdict of the gate (not chosen)');
    await choose('Gate', 'checkout-canary');
    const field = (name) => page.getByRole('combobox', { name });
    assert.equal(await field('Candidate').getAttribute('placeholder'), 'canary');
    assert.equal(await field('Baseline').getAttribute('placeholder'), 'stable');
    await field('Since').fill('event:deployments');
    await field('Since').press('Enter');
    await sentence('of the gate checkout-canary since the newest run of the event deployments.');
    await page.getByLabel('Answer').filter({ hasText: 'evidence' }).waitFor({ state: 'attached' });
    await page.screenshot({ path: `${output}/query-gate.png`, fullPage: true });
    assert.deepEqual(await grave(page), []);
    const { flows, ...table } = await saved();
    assert.deepEqual([flows, table.measure, table.gate], [[], 'verdict', 'checkout-canary']);
    await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
    await page
      .getByText(/checkout\/success over/)
      .first()
      .waitFor();
    await check('Format', 'Latest');
    await sentence('The verdict of the gate checkout-canary since');
    const frames = await ask(await saved(), range);
    assert.deepEqual(
      frames[0].fields.map(({ name }) => name),
      ['verdict']
    );
    await page.getByLabel('Answer').filter({ hasText: '"verdict"' }).waitFor({ state: 'attached' });
  });

  test('can be made by the keyboard alone', async () => {
    await begin();
    await radio('Format', 'Time series').focus();
    await page.keyboard.press('ArrowRight');
    await sentence('The latest score of all flows together');
    await tabTo(page, 'Measure');
    await page.keyboard.type('impact');
    await page.keyboard.press('Enter');
    await sentence('The latest impact on the overall score of each flow');
    await tabTo(page, 'Flow');
    await page.keyboard.press('ArrowRight');
    await sentence('The latest impact on the overall score of each component of each flow');
    await tabTo(page, 'Flows');
    await page.keyboard.type('check');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await sentence('of each component of checkout');
    await tabTo(page, 'Options', 30); // Past the cohorts, each with a choice and a tooltip.
    await page.keyboard.press('Enter');
    await tabTo(page, 'Window');
    await page.keyboard.type('2h');
    await page.keyboard.press('Enter');
    await sentence(', over 2 hours.');
    await tabTo(page, 'Legend');
    await page.keyboard.type('{{flow}}');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Show the PromQL behind it');
    await page.keyboard.press('Enter');
    await page.getByLabel('PromQL', { exact: true }).waitFor();
    const { measure, level, flows, format, window } = await saved();
    assert.deepEqual(
      { measure, level, flows, format, window },
      { measure: 'impact', level: 'component', flows: ['checkout'], format: 'latest', window: '2h' }
    );
  });

  test('fits into half of Explore', async () => {
    await begin({ level: 'sli', flows: ['checkout', 'search', 'login'], slis: ['success'] });
    await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
    await page.getByLabel('PromQL', { exact: true }).waitFor();
    assert.ok((await overflow('query-narrow.png')) <= 0);
  });

  for (const theme of ['dark', 'light']) {
    test(`has no serious fault of accessibility, ${theme}`, async () => {
      await begin({ level: 'sli', flows: ['checkout'], slis: ['success', 'fast'] }, { theme });
      await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
      await page.getByLabel('PromQL', { exact: true }).waitFor();
      await page.screenshot({ path: `${output}/query-${theme}.png`, fullPage: true });
      await page.getByRole('combobox', { name: 'SLIs' }).click();
      await page.locator('[aria-label="Select option"]').first().waitFor();
      await page.screenshot({ path: `${output}/query-menu-${theme}.png` });
      // Grafana's choices dim the description of the option that has the focus, a title here, to a contrast of 4.43.
      assert.deepEqual(await grave(page, ['[class*="grafana-select-option-description"]']), []);
      await page.keyboard.press('Escape');
      // A name that the catalog does not have is refused for the PromQL, as it is for the panel.
      await begin({ level: 'sli', flows: ['checkout', 'chekout'] }, { theme });
      await page.getByRole('button', { name: 'Show the PromQL behind it' }).click();
      await page.getByText(/there is no flow "chekout"/).waitFor();
      await page.screenshot({ path: `${output}/query-refused-${theme}.png`, fullPage: true });
      assert.deepEqual(await grave(page), []);
    });
  }
});
