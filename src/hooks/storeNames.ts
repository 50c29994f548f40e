import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { StoreQuestion } from '../flow/completion';

/** Names of the store, and whether it has more. */
export interface StoreNames {
  values: string[];
  more: boolean;
}

/** What lists names of the store for a place in PromQL. */
export type AskStore = (question: Question) => Promise<StoreNames>;

/** What is asked of the store. */
type Question = Pick<StoreQuestion, 'kind' | 'typed' | 'metric' | 'label' | 'trust'>;

/** How long an answer is used again while one types, in milliseconds. */
const KEPT_MS = 30_000;

/** storeNames returns what asks the store of a saved data source. Where it does not answer there is nothing on offer. */
export function storeNames(uid: string): AskStore {
  const answers = new Map<string, { until: number; names: Promise<StoreNames> }>();
  return (question) => {
    const url = `/api/datasources/uid/${encodeURIComponent(uid)}/resources/${resource(question)}`;
    const known = answers.get(url);
    if (known && known.until > Date.now()) {
      return known.names;
    }
    const names = list(url).catch(() => {
      answers.delete(url);
      return { values: [], more: false };
    });
    answers.set(url, { until: Date.now() + KEPT_MS, names });
    return names;
  };
}

/** resource returns the resource that answers a question, with its parameters. */
function resource({ kind, typed, metric, label, trust }: Question): string {
  const params = new URLSearchParams();
  if (trust?.length === 0) {
    params.append('trust', '');
  }
  trust?.forEach((matcher) => params.append('trust', matcher));
  if (metric) {
    params.append('metric', metric);
  }
  // One question serves while a word is written: by its first letters, which the editor looks for in any order.
  const match = typed.slice(0, MATCHED);
  if (match !== '' && kind !== 'label') {
    params.append('match', match);
  }
  switch (kind) {
    case 'metric':
      return `metric-names?${params}`;
    case 'label':
      return `labels?${params}`;
    default:
      params.append('label', label ?? '');
      return `label-values?${params}`;
  }
}

/** How many letters of a name are asked for. */
const MATCHED = 3;

async function list(url: string): Promise<StoreNames> {
  const response = await lastValueFrom(
    getBackendSrv().fetch<StoreNames>({ url, method: 'GET', showErrorAlert: false })
  );
  return response.data;
}
