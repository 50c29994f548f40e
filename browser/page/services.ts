import { ScopedVars } from '@grafana/data';
import {
  BackendSrv,
  BackendSrvRequest,
  DataSourceSrv,
  FetchResponse,
  setBackendSrv,
  setDataSourceSrv,
  setTemplateSrv,
  TemplateSrv,
} from '@grafana/runtime';
import { from } from 'rxjs';

/** A data source of another type, which is as the one on the page where its settings are read. */
const PROMETHEUS = { uid: 'cer-shop', name: 'Prometheus', jsonData: {} };

type Format = (value: string | string[]) => string;

/** The services of Grafana that the plugin uses, as thin as they can be; the bridge answers their requests. */
export function provideServices(variables: Record<string, string | string[]>) {
  setBackendSrv({ fetch: (request: BackendSrvRequest) => from(send(request)) } as BackendSrv);
  setTemplateSrv(templateSrv(variables));
  // Every query is one of the data source on the page.
  setDataSourceSrv({ getInstanceSettings: () => undefined, getList: () => [PROMETHEUS] } as unknown as DataSourceSrv);
}

/** send sends a request, and rejects with what Grafana rejects with where the answer is an error. */
export async function send<T>({ url, method, params, data, headers }: BackendSrvRequest): Promise<FetchResponse<T>> {
  const response = await fetch(params ? `${url}?${new URLSearchParams(params)}` : url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: data === undefined ? undefined : JSON.stringify(data),
  });
  const text = await response.text();
  const { status, statusText, ok, redirected, type } = response;
  const answer = { status, statusText, ok, redirected, type, url, headers: response.headers, config: { url } };
  const body = { ...answer, data: isJSON(response) ? JSON.parse(text) : text };
  if (!ok) {
    throw body;
  }
  return body;
}

function isJSON(response: Response): boolean {
  return response.headers.get('Content-Type')?.startsWith('application/json') ?? false;
}

/** templateSrv replaces $name and ${name}, as far as Grafana's does. */
function templateSrv(variables: Record<string, string | string[]>): TemplateSrv {
  return {
    getVariables: () => Object.keys(variables).map((name) => ({ name })),
    replace: (text = '', scoped: ScopedVars = {}, format?: Format) =>
      text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (found, plain, braced) => {
        const value = scoped[plain ?? braced]?.value ?? variables[plain ?? braced];
        return value === undefined ? found : format ? format(value) : String(value);
      }),
  } as unknown as TemplateSrv;
}
