// What the specs ask Grafana for without its pages.
import { APIRequestContext, expect } from '@playwright/test';
import { CerOptions, CerQuery } from '../src/types';

/** The uid of the data source of the simulated shop. */
export const SHOP = 'cer';

/** The names of the shop's flows, in the order of its catalog. */
export const FLOWS = ['browse', 'search', 'login', 'checkout', 'account'];

/** The titles of the flows. */
export const TITLES = ['Browse', 'Search', 'Log in', 'Checkout', 'My account'];

/** A time range in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** lately is an hour that is over, on whole minutes, so that whoever asks for it gets the same answer. */
export function lately(): Range {
  const minute = 60_000;
  const to = Math.floor(Date.now() / minute) * minute - 5 * minute;
  return { from: to - 60 * minute, to };
}

/** A row of an answer: labels and columns by their names. */
export type Row = Record<string, unknown>;

/** ask has the backend answer a query, and returns the rows of all frames. */
export async function ask(request: APIRequestContext, query: Partial<CerQuery>, { from, to }: Range): Promise<Row[]> {
  const queries = [{ refId: 'A', datasource: { uid: SHOP }, intervalMs: 60_000, maxDataPoints: 60, ...query }];
  const response = await request.post('/api/ds/query', { data: { from: String(from), to: String(to), queries } });
  expect(response.status(), await response.text()).toBe(200);
  const frames: Frame[] = (await response.json()).results.A.frames;
  return frames.flatMap(rowsOf);
}

interface Frame {
  schema: { fields: Array<{ name: string; labels?: Record<string, string> }> };
  data: { values: unknown[][] };
}

function rowsOf({ schema, data }: Frame): Row[] {
  const length = data.values[0]?.length ?? 0;
  return Array.from({ length }, (_, row) =>
    Object.assign({}, ...schema.fields.map((field, i) => ({ ...field.labels, [field.name]: data.values[i][row] })))
  );
}

/** The settings of a data source, as Grafana keeps them. */
export interface Settings {
  uid: string;
  url: string;
  type: string;
  jsonData: CerOptions;
}

/** shopSettings are those of the shop's data source. */
export async function shopSettings(request: APIRequestContext): Promise<Settings> {
  const response = await request.get(`/api/datasources/uid/${SHOP}`);
  expect(response.status(), `GRAFANA_URL needs the data source with the uid ${SHOP} that the demo provisions`).toBe(
    200
  );
  return response.json();
}
