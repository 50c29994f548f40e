import { Fields, withNewFlow, withNewSLI } from './insertion';
import { Measured } from './preview';
import { Matcher, selectorOf } from './selector';
import { isDuration } from './window';

/** What an SLI can be in the form: the kinds that need no PromQL. */
export const DRAFT_KINDS = ['ratio', 'latency', 'probe'] as const;
export type DraftKind = (typeof DRAFT_KINDS)[number];

/** An SLI while it is chosen in the form. */
export interface Draft {
  /** The flow that it belongs to, which need not be there yet. */
  flow: string;
  /** The title of a flow that is not there yet. */
  title: string;
  kind: DraftKind;
  name: string;
  component: string;
  metric: string;
  /** What all series have, and of a ratio what the bad ones have besides. */
  matchers: Matcher[];
  bad: Matcher[];
  /** What is fast enough, of a latency. */
  under: string;
  weight: string;
  key: boolean;
}

/** What a kind of SLI is at first: usual names of it and of its component. */
export const DRAFTS: Record<DraftKind, Pick<Draft, 'name' | 'component'>> = {
  ratio: { name: 'success', component: 'availability' },
  latency: { name: 'fast', component: 'latency' },
  probe: { name: 'up', component: 'availability' },
};

/** newDraft returns a draft of nothing yet, in a flow. */
export function newDraft(flow: string): Draft {
  return {
    flow,
    title: '',
    kind: 'ratio',
    ...DRAFTS.ratio,
    metric: '',
    matchers: [],
    bad: [{ label: '', operator: '=~', value: '' }],
    under: '',
    weight: '1',
    key: false,
  };
}

/** A duration with a fraction, as bounds of latencies may be. */
const FRACTION = /^\d+\.\d+(us|ms|s|m)$/;

/** isComplete reports whether a draft says all that an SLI needs. */
export function isComplete({ flow, kind, name, metric, bad, under, weight }: Draft): boolean {
  const isNamed = flow.trim() !== '' && name.trim() !== '' && metric !== '';
  const isBounded = kind !== 'latency' || isDuration(under) || FRACTION.test(under);
  const isSplit = kind !== 'ratio' || bad.some(({ label, value }) => label !== '' && value !== '');
  return isNamed && isBounded && isSplit && weight.trim() !== '' && Number(weight) >= 0;
}

/**
 * written writes a draft into a definition: as a flow of its own, or where the cursor is in a flow that there is. It returns
 * undefined where the definition has no place for it.
 */
export function written(definition: string, draft: Draft, isNewFlow: boolean, offset?: number): string | undefined {
  const { flow, title } = draft;
  const sli = sliOf(draft);
  return isNewFlow
    ? withNewFlow(definition, { name: flow.trim(), ...(title.trim() && { title: title.trim() }), slis: [sli] })
    : withNewSLI(definition, flow, sli, offset);
}

/** sliOf returns the fields of an SLI in a definition. */
export function sliOf(draft: Draft): Fields {
  const { name, component, weight, key } = draft;
  return {
    name: name.trim(),
    component,
    weight: Number(weight),
    ...(key && { key }),
    [draft.kind]: indicatorOf(draft),
  };
}

function indicatorOf({ kind, metric, matchers, bad, under }: Draft): Fields {
  const selector = selectorOf(metric, matchers);
  switch (kind) {
    case 'ratio':
      return { bad: selectorOf(metric, [...matchers, ...bad]), total: selector };
    case 'latency':
      return { histogram: selector, under };
    case 'probe':
      return { selector };
  }
}

/** How many seconds an hour has. */
const HOUR = 3600;

/** Lost is what an SLI would have cost some hours: a share of the events in [0,1], and how many at the traffic of now. */
export interface Lost {
  share: number;
  events?: number;
}

/** lostOf returns what would have been lost over the hours of a preview; undefined where that is not known. */
export function lostOf({ kept, traffic }: Measured, hours: number): Lost | undefined {
  if (kept === null) {
    return undefined;
  }
  const share = 1 - kept;
  return { share, ...(traffic !== null && { events: share * traffic * hours * HOUR }) };
}

/** edgeText writes an edge of a bucket as a duration; undefined for one that is none, such as +Inf. */
export function edgeText(le: string, metric: string): string | undefined {
  const seconds = Number(le) * secondsOf(metric);
  if (!(seconds > 0) || !isFinite(seconds)) {
    return undefined;
  }
  return seconds < 1 ? `${rounded(1000 * seconds)}ms` : `${rounded(seconds)}s`;
}

/** rounded takes away what floating point adds to a number. */
function rounded(n: number): number {
  return Number(n.toPrecision(6));
}

/** Names of histograms in other units than seconds, as the backend reads them, and how many seconds one of these is. */
const UNITS = [
  { name: /[_.](milliseconds|millis|msecs?|ms)$|^envoy_.*_rq_time$/i, seconds: 1e-3 },
  { name: /[_.](microseconds|micros|usecs?|us)$/i, seconds: 1e-6 },
  { name: /[_.](nanoseconds|nanos|nsecs?|ns)$/i, seconds: 1e-9 },
];

/** secondsOf returns how many seconds one of a histogram's units is, by the histogram's name. */
function secondsOf(metric: string): number {
  return UNITS.find(({ name }) => name.test(metric))?.seconds ?? 1;
}
