// How the specs find their way to the query editor and around in it.
import { Locator, Page } from '@playwright/test';
import { CerQuery } from '../src/types';

/** pane is the address of Explore with a query of a data source; without one, with a query that nobody has set. */
export function pane(datasource: string, query: Partial<CerQuery> = {}): string {
  const queries = [{ refId: 'A', datasource: { uid: datasource }, ...query }];
  const left = { datasource, queries, range: { from: 'now-1h', to: 'now' } };
  return `/explore?orgId=1&left=${encodeURIComponent(JSON.stringify(left))}`;
}

/** choose takes a value of a choice of which all are in sight. */
export async function choose(choice: Locator, value: string) {
  await choice.getByText(value, { exact: true }).click();
}

/** select takes a value out of a list that opens. */
export async function select(page: Page, list: string, value: string) {
  await page.getByRole('combobox', { name: list }).fill(value);
  await page.getByLabel('Select options menu').getByText(value, { exact: true }).click();
}
