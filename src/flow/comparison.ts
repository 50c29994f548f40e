import { Outcome, Standing } from '../types';

/** The score of a flow, or of the whole where no flow is named, by two catalogs; null where there is no number. */
export interface Compared {
  flow?: string;
  now: number | null;
  then: number | null;
  change: number | null;
}

/** compare lists the scores of the whole and of each flow that one of two catalogs has. */
export function compare(now: Outcome, then: Outcome): Compared[] {
  const gone = now.flows.filter(({ flow }) => !then.flows.some((other) => other.flow === flow));
  return [
    compared(undefined, now.score, then.score),
    ...[...then.flows, ...gone].map(({ flow }) => compared(flow, scoreOf(now, flow), scoreOf(then, flow))),
  ];
}

function compared(flow: string | undefined, now: number | null, then: number | null): Compared {
  return { flow, now, then, change: now === null || then === null ? null : then - now };
}

function scoreOf({ flows }: Outcome, name: string): number | null {
  return flows.find(({ flow }) => flow === name)?.score ?? null;
}

/** How many SLIs a ranking has. */
const RANKED = 5;

/** ranking lists the SLIs that are worth fixing, the first one first. */
export function ranking({ slis }: Outcome): Array<Standing & { impact: number }> {
  return slis.filter((s): s is Standing & { impact: number } => (s.impact ?? 0) > 0).slice(0, RANKED);
}
