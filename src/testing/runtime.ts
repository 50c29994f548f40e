import { DataSourceInstanceSettings } from '@grafana/data';
import {
  BackendSrv,
  DataSourceSrv,
  setBackendSrv,
  setDataSourceSrv,
  setTemplateSrv,
  TemplateSrv,
} from '@grafana/runtime';
import { isObservable, of, throwError } from 'rxjs';
import { catalog } from './catalog';

/** Dashboard variables by name, as Grafana's template service knows them. */
export const variables: Record<string, string | string[]> = {};

/** What All of a variable stands for, by name; the value of the variable is then $__all. */
export const options: Record<string, string[]> = {};

/** A template service that replaces $name and ${name}, as far as Grafana's does. */
const templateSrv = {
  getVariables: () => Object.keys(variables).map((name) => ({ name, current: { value: variables[name] } })),
  replace: (text: string, scoped: Record<string, { value: string }> = {}, format?: (v: string | string[]) => string) =>
    text.replace(/\$(?:(\w+)|\{(\w+)(?::\w+)?\})/g, (found, plain: string, braced: string) => {
      const name = plain ?? braced;
      const chosen = scoped[name]?.value ?? variables[name];
      const value = chosen === '$__all' && options[name] ? options[name] : chosen;
      return value === undefined ? found : format ? format(value) : String(value);
    }),
};

/** A backend that answers by path; a function makes the answer from what was sent, an Error fails the request; an observable is the answer. */
export const answers: Record<string, unknown> = {};

/** The other data sources of Grafana. */
export const sources: Array<Partial<DataSourceInstanceSettings>> = [];

/** The requests to the backend. */
export const fetched = jest.fn();

const backendSrv = {
  fetch: (request: { url: string; data?: unknown }) => {
    fetched(request);
    const path = request.url.split('/resources/')[1] ?? request.url;
    const answer = path in answers ? answers[path] : path === 'catalog' ? catalog : undefined;
    const data = typeof answer === 'function' ? answer(request.data) : answer;
    if (isObservable(data)) {
      return data;
    }
    return data instanceof Error ? throwError(() => data) : of({ data });
  },
};

/** Puts these services in the place of Grafana's, and forgets variables, answers and requests. */
export function resetRuntime() {
  setTemplateSrv(templateSrv as unknown as TemplateSrv);
  setBackendSrv(backendSrv as unknown as BackendSrv);
  setDataSourceSrv({
    getList: () => sources,
    getInstanceSettings: (uid: string) => sources.find((source) => source.uid === uid),
  } as unknown as DataSourceSrv);
  sources.length = 0;
  [variables, options, answers].forEach((map) => Object.keys(map).forEach((key) => delete map[key]));
  fetched.mockClear();
}
