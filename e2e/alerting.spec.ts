import { expect, test } from '@grafana/plugin-e2e';
import { APIRequestContext } from '@playwright/test';
import { CerQuery } from '../src/types';
import { FLOWS, SHOP } from './backend';

/** Where the rules of the specs lie, apart from those that are provisioned. */
const FOLDER = 'cer-specs';

/** How long Grafana may take to evaluate a new rule, in milliseconds; its scheduler ticks every ten seconds. */
const PATIENCE = { timeout: 60_000, intervals: [2_000] };

test.beforeEach(async ({ request }) => {
  await request.post('/api/folders', { data: { uid: FOLDER, title: 'Specs of cer' } });
});

test.afterEach(async ({ request }) => {
  await request.delete(`/api/folders/${FOLDER}?forceDeleteRules=true`);
});

test('The provisioned alert rules evaluate', async ({ request }) => {
  for (const title of ['Checkout score low', 'Coverage low', 'Canary fails']) {
    await expect.poll(() => evaluated(request, title), PATIENCE).toMatchObject({ health: 'ok' });
  }
});

test('A rule on the newest scores evaluates, with an alert for each flow', async ({ request }) => {
  await createRule(request, 'Any score under nothing', { measure: 'score', level: 'flow', format: 'latest' });
  await expect.poll(() => evaluated(request, 'Any score under nothing'), PATIENCE).toMatchObject({ health: 'ok' });
  const { alerts } = (await evaluated(request, 'Any score under nothing'))!;
  expect(alerts?.map(({ labels }) => labels.flow).sort()).toEqual([...FLOWS].sort());
  expect(alerts?.map(({ state }) => state)).toEqual(FLOWS.map(() => 'Normal'));
});

test('A rule on a flow that does not exist is in error, and says why', async ({ request }) => {
  await createRule(request, 'Score of nobody', {
    measure: 'score',
    level: 'flow',
    flows: ['nobody'],
    format: 'latest',
  });
  await expect
    .poll(() => evaluated(request, 'Score of nobody'), PATIENCE)
    .toMatchObject({ health: 'error', lastError: expect.stringContaining('there is no flow "nobody"') });
});

/** A rule as Grafana's list has it. */
interface Rule {
  name: string;
  health: string;
  lastError?: string;
  lastEvaluation: string;
  alerts?: Array<{ state: string; labels: Record<string, string> }>;
}

/** evaluated is a rule that has been evaluated; undefined before that. */
async function evaluated(request: APIRequestContext, title: string): Promise<Rule | undefined> {
  const response = await request.get('/api/prometheus/grafana/api/v1/rules');
  const groups: Array<{ rules: Rule[] }> = (await response.json()).data.groups;
  const rule = groups.flatMap(({ rules }) => rules).find(({ name }) => name === title);
  return rule && new Date(rule.lastEvaluation).getTime() > 0 ? rule : undefined;
}

/** createRule makes a rule that is evaluated every ten seconds, with a threshold that nothing crosses. */
async function createRule(request: APIRequestContext, title: string, query: Partial<CerQuery>) {
  const relativeTimeRange = { from: 600, to: 0 };
  const threshold = {
    refId: 'B',
    type: 'threshold',
    expression: 'A',
    conditions: [{ type: 'query', evaluator: { type: 'lt', params: [-1] } }],
  };
  const rule = {
    title,
    folderUID: FOLDER,
    ruleGroup: title,
    condition: 'B',
    for: '0s',
    orgID: 1,
    noDataState: 'NoData',
    execErrState: 'Error',
    data: [
      { refId: 'A', datasourceUid: SHOP, relativeTimeRange, model: { refId: 'A', ...query } },
      { refId: 'B', datasourceUid: '__expr__', relativeTimeRange, model: threshold },
    ],
  };
  const created = await request.post('/api/v1/provisioning/alert-rules', { data: rule });
  expect(created.status(), await created.text()).toBe(201);
  const group = { title, folderUid: FOLDER, interval: 10, rules: [await created.json()] };
  const hurried = await request.put(`/api/v1/provisioning/folder/${FOLDER}/rule-groups/${title}`, { data: group });
  expect(hurried.status(), await hurried.text()).toBe(200);
}
