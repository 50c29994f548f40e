import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { grave } from './accessibility.mjs';
import { tabTo } from './keyboard.mjs';
import { faults, open, output, overflow, save, settings } from './stage.mjs';

const valid = 'The catalog is valid.';

/** A catalog of which every line is in sight. */
const small = `apiVersion: cer/v1
kind: Catalog
metadata: { name: small }
spec:
  minCoverage: 0.5
  flows:
    - name: checkout
      title: Checkout
      slis:
        - name: orders
          component: correctness
          ratio:
            bad: orders_inconsistent_total
            total: orders_total
        - name: payment
          component: dependency
          weight: 3
          ratio:
            bad: psp_calls_total{outcome="error"}
            total: psp_calls_total
          trust: ['job="psp-exporter"']
`;

/** The same with an SLI that scores much lower than the others. */
const uneven = `${small}        - name: fast
          component: latency
          latency: { histogram: 'http_request_duration_seconds{handler="/checkout"}', under: 100ms }
`;

describe('the settings', () => {
  let page;

  /** begin shows the settings with a definition, the shop's where none is given. */
  const begin = async (definition, params) => {
    await save(definition);
    page = await open('config', params);
    await page.getByText(valid).waitFor();
    await page.locator('.view-line').first().waitFor();
  };

  beforeEach(() => faults.splice(0));
  afterEach(() => assert.deepEqual(faults, []));

  /** line is a line of the code editor that is in sight, by what it says. */
  const line = (text) => page.locator('.view-line', { hasText: text });

  /** typeAt types at the end of a line. */
  const typeAt = async (text, typed) => {
    await line(text).first().click();
    await page.keyboard.press('End');
    await page.keyboard.type(typed);
  };

  const flows = () => page.getByRole('list', { name: 'Flows of the catalog' });
  const issues = () => page.getByRole('list', { name: 'Issues in the catalog' });

  test('list the catalog with its shares', async () => {
    await begin();
    await page.screenshot({ path: `${output}/config-dark.png`, fullPage: true });
    await flows().getByRole('img', { name: 'checkout has 29.4% of the weight' }).waitFor();
    await flows().getByRole('img', { name: 'traces has 6.7% of the weight' }).waitFor();
    assert.equal(await flows().getByRole('listitem').count(), 5 + 24);
    assert.match(await flows().innerText(), /Payment provider dependency, ratio/);
    assert.equal(
      await issues()
        .getByText(/Warning|Error/)
        .count(),
      0
    );
  });

  test('show what the scores would be with other weights, and take them over', async () => {
    await begin(uneven);
    await page.getByRole('button', { name: 'What if the weights were different?' }).click();
    const scores = page.getByRole('table', { name: 'Scores' });
    await scores.getByRole('row', { name: /^Overall \S+%$/ }).waitFor();
    await page.getByRole('spinbutton', { name: 'Weight of checkout/fast' }).fill('30');
    await scores.getByRole('row', { name: /^Overall .*% .*% -.* pp$/ }).waitFor();
    await page
      .getByRole('list', { name: 'Biggest gains, changed' })
      .getByText(/checkout\/fast: \+/)
      .waitFor();
    await page.screenshot({ path: `${output}/what-if.png`, fullPage: true });
    assert.deepEqual(await grave(page), []);
    await page.getByRole('button', { name: 'Apply to catalog' }).click();
    await line('weight: 30').waitFor();
    await flows().getByRole('img', { name: 'fast has 88.2% of the weight' }).waitFor();
    // What was taken over is not saved yet, so that it is compared as any other edit is.
    await scores.getByRole('columnheader', { name: 'Changed' }).waitFor();
    assert.equal(await page.getByRole('spinbutton', { name: 'Weight of checkout/fast' }).inputValue(), '30');
    assert.equal((await settings()).jsonData.definition, uneven);
    await page.getByRole('button', { name: 'Save & test' }).click();
    await page.getByText(/ was reached\. Catalog small/).waitFor();
    const weighed = uneven.replace('- name: fast\n', '- name: fast\n          weight: 30\n');
    assert.equal((await settings()).jsonData.definition, weighed);
  });

  test('import files of other tools into the editor, and save nothing', async () => {
    await begin(small);
    await page.getByRole('button', { name: 'Import from Sloth, Pyrra or OpenSLO' }).click();
    const content = `version: prometheus/v1
service: mailer
slos:
  - name: delivered
    objective: 99
    labels: { queue: outgoing }
    sli:
      events:
        error_query: sum(rate(orders_inconsistent_total[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting: { name: MailBounces }
`;
    const file = { name: 'slos.yaml', mimeType: 'application/yaml', buffer: Buffer.from(content) };
    await page.getByLabel('Files').setInputFiles(file);
    await page.getByRole('button', { name: 'Import, and replace the catalog in the editor' }).click();
    await page.getByText('1 flow with 1 SLI is in the editor. Nothing is saved yet.').waitFor();
    const left = page.getByRole('list', { name: 'Issues of the import' });
    await left.getByText(/slos\.yaml:6:13: slos\[0\]\.labels: /).waitFor();
    await line('metadata: {name: mailer}').waitFor();
    await flows().getByText('delivered').first().waitFor();
    await page.getByText(valid).waitFor();
    await page.screenshot({ path: `${output}/import.png`, fullPage: true });
    assert.deepEqual(await grave(page), []);
    assert.equal((await settings()).jsonData.definition, small);
  });

  test('add an SLI by a form that draws it, by the keyboard alone', async () => {
    await begin(small);
    await line('name: payment').click();
    await page.getByRole('button', { name: 'Add an SLI' }).press('Enter');
    const pick = async (list, text) => {
      await page.getByRole('combobox', { name: list }).focus();
      await page.keyboard.type(text);
      // Enter takes the first option, which is another one until those on offer follow what was typed.
      await page.locator('[aria-label="Select option"]').first().filter({ hasText: text }).waitFor();
      await page.keyboard.press('Enter');
    };
    await pick('Counter of events', 'http_requests_total');
    await pick('Bad events where: label 1', 'code');
    await pick('Bad events where: value 1', '5..');
    const picture = page.getByRole('status', { name: 'Preview of the SLI' });
    await picture
      .getByText(/^In the last 6 hours it would have lost .*%, about \d+ events at the current traffic\.$/)
      .waitFor();
    await page.screenshot({ path: `${output}/add-sli.png`, fullPage: true });
    assert.deepEqual(await grave(page), []);
    await page.getByRole('button', { name: 'Add to catalog' }).press('Enter');
    await page.getByText('checkout/success is in the editor. It is not saved yet.').waitFor();
    await line('total: http_requests_total').waitFor();
    await flows().getByRole('img', { name: 'success has 20% of the weight' }).waitFor();
    assert.equal((await settings()).jsonData.definition, small);
  });

  test('calibrate an objective, and replay policies', async () => {
    await begin(small.replace('title: Checkout\n', 'title: Checkout\n      objective: 0.99\n'));
    await page.getByRole('button', { name: 'Calibrate the objective of checkout' }).click();
    await page.getByRole('table', { name: 'Objectives of checkout' }).waitFor();
    await page.getByRole('button', { name: 'Backtest the policies of checkout' }).click();
    await page.getByRole('table', { name: 'What the policies would have done' }).waitFor();
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${output}/calibrate.png`, fullPage: true });
    assert.deepEqual(await grave(page), []);
  });

  test('indent by two spaces', async () => {
    await begin(small);
    await line('kind: Catalog').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const checked = page.waitForRequest((request) => /kind: Catalog\\n {2}x\\n/.test(request.postData() ?? ''));
    await page.keyboard.type('x');
    await checked;
  });

  test('say what users are told apart by, and what weights follow', async () => {
    await begin();
    const dimensions = page.getByRole('list', { name: 'Dimensions of the catalog' });
    await dimensions.getByText('tier', { exact: true }).waitFor();
    assert.match(await dimensions.innerText(), /tier: premium \(weight 3\), standard \(weight 1\)/);
    assert.ok((await flows().getByText('by traffic').count()) > 0);
    await dimensions.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${output}/config-dimensions.png`, fullPage: true });
  });

  test('mark a broken line, say where it is, and forget it once it is put right', async () => {
    await begin(small);
    let checked = 0;
    const count = (request) => (checked += request.postData()?.includes('minCoverage: 0.55x') ? 1 : 0);
    page.on('request', count);
    await typeAt('minCoverage: 0.5', '5x');
    const squiggle = page.locator('.squiggly-error');
    await squiggle.waitFor();
    page.off('request', count);
    assert.equal(checked, 1, 'the mark comes with the first check of the definition');
    const issue = issues().getByRole('button', { name: /^Error, line 5, column 16, spec.minCoverage: / });
    await issue.waitFor();
    const [marked, broken] = await Promise.all([squiggle.boundingBox(), line('minCoverage').boundingBox()]);
    assert.ok(Math.abs(marked.y - broken.y) < broken.height, 'the mark is at the line');

    const message = (await issue.innerText()).split(': ').slice(1).join(': ').trim();
    await squiggle.hover({ force: true });
    await page.locator('.monaco-hover', { hasText: message }).waitFor();
    await page.getByText('From the last valid catalog.').waitFor();

    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.getByText(valid).waitFor();
    assert.equal(await squiggle.count(), 0);
    assert.equal(await issue.count(), 0);
  });

  test('go to the line of an issue', async () => {
    await begin(small);
    await typeAt('minCoverage: 0.5', '5x');
    const issue = issues().getByRole('button', { name: /line 5/ });
    await issue.waitFor();
    await page.mouse.move(0, 0);
    await line('kind: Catalog').click();
    await issue.press('Enter');
    await page.keyboard.type('0');
    await line('minCoverage: 00.55x').waitFor();
  });

  test('mark selectors that match nothing, or nothing that is trusted', async () => {
    await begin(small);
    await typeAt('bad: orders', '_of_nobody');
    await flows()
      .getByText(/No series of the last 24 hours matches orders_inconsistent_total_of_nobody/)
      .waitFor();
    await line('trust').click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('s');
    await flows()
      .getByText(/Only untrusted series match psp_calls_total/)
      .first()
      .waitFor();
    await page.screenshot({ path: `${output}/config-unmatched.png`, fullPage: true });
  });

  test('are saved and tested', async () => {
    await begin(small);
    await typeAt('minCoverage: 0.5', '5');
    await page.getByRole('button', { name: 'Save & test' }).click();
    await page.getByText(/Prometheus .* was reached. Catalog small, .* 1 flows?, 2 SLIs/).waitFor();
    assert.match((await settings()).jsonData.definition, /minCoverage: 0.55\n/);
    await typeAt('minCoverage: 0.55', 'x');
    await page.getByRole('button', { name: 'Save & test' }).click();
    await page.getByText(/definition:5:16: /).waitFor();
  });

  /** offered is the suggestion of a name, and suggest asks for suggestions at the cursor. */
  const offered = (name) => page.locator('.suggest-widget .monaco-list-row', { hasText: name });
  const suggest = async () => page.keyboard.press('Control+Space');

  /** explained hovers over a text of a line and waits for a sentence. */
  const explained = async (text, word, sentence) => {
    await page.mouse.move(0, 0);
    await line(text).getByText(word, { exact: true }).first().hover();
    await page.locator('.monaco-hover', { hasText: sentence }).waitFor();
  };

  test('complete fields and words, and explain them', async () => {
    await begin(small);
    await line('title: Checkout').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('obj');
    await offered('objectives').waitFor();
    assert.equal(await offered('title').count(), 0);
    await page.screenshot({ path: `${output}/config-completion.png` });
    await page.keyboard.press('Enter');
    await line('objective: ').waitFor();
    await page.keyboard.type('0.99');
    await page.keyboard.press('Escape');

    await line('component: dependency').click();
    await page.keyboard.press('End');
    for (let i = 0; i < 'dependency'.length; i++) {
      await page.keyboard.press('Backspace');
    }
    await suggest();
    await offered('experience').waitFor();
    await page.keyboard.type('del');
    await page.keyboard.press('Enter');
    await line('component: delivery').waitFor();

    await explained('minCoverage', 'minCoverage', 'The share of the weight that must have telemetry');
    await explained('component: delivery', 'delivery', 'Whether changes are delivered without harm.');
  });

  test('complete and explain in flow style, too', async () => {
    await begin(small);
    await line('trust:').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('curve: { lin');
    await offered('linear').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('{ ze');
    await offered('zero').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.5, ');
    await suggest();
    await offered('one').waitFor();
    assert.equal(await offered('zero').count(), 0);
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.9');
    await line('curve: { linear: { zero: 0.5, one: 0.9').waitFor();
    await page.screenshot({ path: `${output}/config-completion-flow.png` });
    await explained('curve: { linear', 'zero', 'The value that scores 0');
  });

  test('complete metrics, labels and values of the store in selectors', async () => {
    await begin(small);
    await line('total: psp_calls_total').click();
    await page.keyboard.press('End');
    for (let i = 0; i < 'psp_calls_total'.length; i++) {
      await page.keyboard.press('Backspace');
    }
    // The store is asked within what the SLI itself trusts.
    await page.keyboard.type("'psp_calls_t");
    await offered('psp_calls_total').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('{outc');
    await offered('outcome').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('="');
    await offered('error').waitFor();
    await page.screenshot({ path: `${output}/config-completion-store.png` });
    await offered('error').click();
    await line(/total:\s'psp_calls_total\{outcome="error'/).waitFor();
  });

  test('can be reached by the keyboard', async () => {
    await begin(small);
    await page.getByRole('textbox', { name: 'URL' }).focus();
    await tabTo(page, 'Same as data source');
    await tabTo(page, 'Import from Sloth, Pyrra or OpenSLO');
    await tabTo(page, 'Catalog, YAML');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('x');
    await issues().waitFor();
    // Within a code editor Tab is a character, until Ctrl+M makes it leave.
    await page.keyboard.press('Control+M');
    await tabTo(page, await issues().getByRole('button').first().innerText());
    for (const name of ['Authentication, TLS and headers', 'Advanced settings of the store']) {
      await tabTo(page, name);
    }
    await page.keyboard.press('Enter');
    for (const name of [
      'Store type',
      'HTTP method',
      'Custom query parameters',
      'Out-of-order overlap',
      'Save & test',
    ]) {
      await tabTo(page, name);
    }
  });

  test("hide the address in Grafana's own form, and nothing else of it", async () => {
    await begin(small);
    await page.getByRole('button', { name: 'Authentication, TLS and headers' }).click();
    for (const name of ['Basic auth', 'Allowed cookies', 'Timeout']) {
      await page.getByText(name, { exact: true }).waitFor();
    }
    await page.getByLabel('Datasource HTTP settings url').waitFor({ state: 'hidden' });
    assert.equal(await page.getByText('URL', { exact: true }).filter({ visible: true }).count(), 1);
  });

  test('fit into a narrow window', async () => {
    await begin(small);
    assert.ok((await overflow('config-narrow.png')) <= 0);
  });

  for (const theme of ['dark', 'light']) {
    test(`have no serious fault of accessibility, ${theme}`, async () => {
      await begin(small, { theme });
      await typeAt('minCoverage: 0.5', '5x');
      await issues().waitFor();
      assert.deepEqual(await grave(page), []);
      await page.screenshot({ path: `${output}/config-broken-${theme}.png`, fullPage: true });
    });
  }
});
