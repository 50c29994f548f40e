import { DashboardPage, expect, test } from '@grafana/plugin-e2e';
import { Locator, Page } from '@playwright/test';
import { Flow } from '../src/types';
import { ask, FLOWS, lately, Range, SHOP } from './backend';

const OVERVIEW = 'cer-overview';
const CANARY = 'cer-canary';
const DEBUG = 'cer-debug';

// High enough for every panel to be in sight, since Grafana asks for the data of no other.
test.use({ viewport: { width: 1440, height: 4500 } });

/** at is the time range as a dashboard takes it. */
const at = ({ from, to }: Range) => ({ from: String(from), to: String(to) });

/** panel finds a panel by the whole of its title. */
const panel = (dashboard: DashboardPage, title: string) => dashboard.getPanelByTitle(title).locator;

test('Every provisioned dashboard renders without an error on any panel', async ({
  request,
  page,
  gotoDashboardPage,
}) => {
  const found = await request.get('/api/search?type=dash-db&tag=cer');
  const dashboards: Array<{ uid: string }> = await found.json();
  expect(dashboards.map(({ uid }) => uid)).toContain(OVERVIEW);
  for (const { uid } of dashboards) {
    const { panels } = (await (await request.get(`/api/dashboards/uid/${uid}`)).json()).dashboard;
    const dashboard = await gotoDashboardPage({ uid });
    const once = (panels as Array<{ title: string; repeat?: string }>).filter(({ repeat }) => !repeat);
    for (const { title } of once) {
      await expect(panel(dashboard, title), `panel ${title} of ${uid}`).toBeVisible();
    }
    await settled(page);
    await expect(dashboard).toHavePanelErrors(0);
    await expect(page.getByText('No data', { exact: true })).toHaveCount(0);
  }
});

test('Every provisioned dashboard shows a month without an error on any panel', async ({
  request,
  page,
  gotoDashboardPage,
}) => {
  const found = await request.get('/api/search?type=dash-db&tag=cer');
  for (const { uid } of (await found.json()) as Array<{ uid: string }>) {
    const dashboard = await gotoDashboardPage({ uid, timeRange: { from: 'now-30d', to: 'now' } });
    await settled(page);
    await expect(dashboard).toHavePanelErrors(0);
  }
});

test('Stats show what the backend answers', async ({ request, gotoDashboardPage }) => {
  const range = lately();
  const dashboard = await gotoDashboardPage({ uid: OVERVIEW, timeRange: at(range) });
  const [{ score }] = await ask(request, { measure: 'score', level: 'overall', format: 'latest' }, range);
  await expect.poll(() => numberIn(panel(dashboard, 'Score now'))).toBeCloseTo(100 * Number(score), 0);
  const [{ coverage }] = await ask(request, { measure: 'coverage', level: 'overall', format: 'latest' }, range);
  await expect.poll(() => numberIn(panel(dashboard, 'Coverage'))).toBeCloseTo(100 * Number(coverage), 0);
});

test('A click on an SLI of the debug dashboard shows only that one, with its PromQL', async ({
  page,
  gotoDashboardPage,
}) => {
  const dashboard = await gotoDashboardPage({
    uid: DEBUG,
    queryParams: new URLSearchParams({ 'var-flow': 'checkout' }),
  });
  await expect(panel(dashboard, 'SLIs').getByText('Log in')).toHaveCount(0);
  await panel(dashboard, 'SLIs').getByText('Orders go through').click();
  await expect(page).toHaveURL(/var-flow=checkout.*var-sli=success/);
  await expect(panel(dashboard, 'SLIs').getByText('Fast answers')).toHaveCount(0);
  await expect(panel(dashboard, 'PromQL').getByText('checkout/success').first()).toBeVisible();
  await settled(page);
  await expect(dashboard).toHavePanelErrors(0);
});

test('The dashboard of a canary says the verdict of its gate, and why', async ({
  request,
  page,
  gotoDashboardPage,
}) => {
  const gate = 'api/datasources/uid/cer/resources/gates/checkout-canary?from=event:canaries';
  const { verdict, reasons, slis } = await (await request.get(gate)).json();
  const dashboard = await gotoDashboardPage({ uid: CANARY });
  await expect(panel(dashboard, 'Verdict').getByText(verdict, { exact: true })).toBeVisible();
  await expect(panel(dashboard, 'Reasons').getByText(reasons[0])).toBeAttached();
  const { flows } = await (await request.get(`api/datasources/uid/${SHOP}/resources/catalog`)).json();
  const checkout = (flows as Flow[]).find(({ name }) => name === 'checkout')!;
  for (const { sli, leftOut } of slis as Array<{ sli: string; leftOut?: string }>) {
    const title = checkout.slis.find(({ name }) => name === sli)!.title!;
    await expect(rowOf(panel(dashboard, 'SLIs of the gate'), title)).toBeVisible();
    const legend = panel(dashboard, 'Evidence that the candidate is worse').getByText(`Checkout / ${title}`);
    await expect(legend).toHaveCount(leftOut ? 0 : 1);
  }
  await settled(page);
  await expect(dashboard).toHavePanelErrors(0);
});

test('The table of flows shows what the backend answers', async ({ request, gotoDashboardPage }) => {
  const range = lately();
  const dashboard = await gotoDashboardPage({ uid: OVERVIEW, timeRange: at(range) });
  const answer = await ask(request, { level: 'flow', format: 'table' }, range);
  const table = panel(dashboard, 'Flows');
  for (const flow of FLOWS) {
    const { title, score, coverage, impactPoints } = answer.find((row) => row.flow === flow)!;
    expect(await cellOf(table, String(title), 'Score'), `score of ${flow}`).toBeCloseTo(100 * Number(score), 1);
    expect(await cellOf(table, String(title), 'Coverage'), `coverage of ${flow}`).toBeCloseTo(
      100 * Number(coverage),
      0
    );
    expect(await cellOf(table, String(title), 'Impact'), `impact of ${flow}`).toBeCloseTo(Number(impactPoints), 1);
  }
});

test('Two ad hoc filters hold, and another dimension splits panels', async ({ page, gotoDashboardPage }) => {
  const queryParams = new URLSearchParams({ 'var-filters': 'region|=|eu', 'var-split': 'release' });
  queryParams.append('var-filters', 'tier|=|premium');
  const dashboard = await gotoDashboardPage({ uid: OVERVIEW, queryParams });
  const split = panel(dashboard, 'Score by cohort');
  await expect(split.getByText('canary')).toBeVisible();
  await expect(split.getByText('stable')).toBeVisible();
  await settled(page);
  await expect(dashboard).toHavePanelErrors(0);
});

test('An ad hoc filter holds for panels', async ({ request, gotoDashboardPage }) => {
  const range = lately();
  const queryParams = new URLSearchParams({ ...at(range), 'var-filters': 'region|=~|e.' });
  const page = await gotoDashboardPage({ uid: OVERVIEW, queryParams });
  const latest = { measure: 'traffic', level: 'overall', format: 'latest' } as const;
  const [{ traffic }] = await ask(request, { ...latest, where: { region: ['eu'] } }, range);
  await expect.poll(() => numberIn(panel(page, 'Traffic'))).toBeCloseTo(Number(traffic), 0);
});

test('The flow variable filters panels', async ({ page, selectors, gotoDashboardPage }) => {
  const dashboard = await gotoDashboardPage({ uid: OVERVIEW });
  const table = panel(dashboard, 'Flows');
  await expect(rowOf(table, 'Browse')).toBeVisible();

  const { SubMenu } = selectors.pages.Dashboard;
  await dashboard.getByGrafanaSelector(SubMenu.submenuItemValueDropDownValueLinkTexts('All')).first().click();
  await dashboard.getByGrafanaSelector(SubMenu.submenuItemValueDropDownOptionTexts('Checkout')).click();
  await page.getByText('Flow', { exact: true }).first().click(); // It is taken over when the list closes.

  await expect(page).toHaveURL(/var-flow=checkout/);
  await expect(rowOf(table, 'Checkout')).toBeVisible();
  await expect(rowOf(table, 'Browse')).toHaveCount(0);
  const slis = panel(dashboard, 'SLIs')
    .getByRole('row')
    .filter({ hasText: /Checkout|Browse|Search|Log in|My account/ });
  await expect(slis).toHaveText(Array(6).fill(/^Checkout/));
});

/** settled waits until no panel is loading. */
async function settled(page: Page) {
  await page.waitForLoadState('networkidle');
  await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
}

/** numberIn is the first number of what a panel shows below its title. */
async function numberIn(shown: Locator): Promise<number> {
  const [number] = (await shown.innerText()).match(/-?\d+(\.\d+)?/) ?? [];
  return Number(number);
}

/** rowOf is the row of a flow or an SLI in a table, by its title. */
function rowOf(table: Locator, flow: string): Locator {
  return table.getByRole('row').filter({ has: table.page().getByText(flow, { exact: true }) });
}

/** cellOf is the number in the column of a flow's row. */
async function cellOf(table: Locator, flow: string, column: string): Promise<number> {
  const row = rowOf(table, flow);
  await expect(row).toBeVisible();
  const columns = await table.getByRole('columnheader').allInnerTexts();
  const at = columns.map((name) => name.trim()).indexOf(column);
  return numberIn(row.locator('[role=cell], [role=gridcell]').nth(at));
}
