import { Catalog, CompleteQuery, Gate } from '../types';
import { hasVariable } from './names';

/** Stands before the name of an event in since. */
const EVENT = 'event:';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** gatesOf lists the names of a catalog's gates. */
export function gatesOf(catalog: Catalog): string[] {
  return catalog.gates.map((gate) => gate.name);
}

/** gateOf is the gate that a query asks, where the catalog has it. */
export function gateOf(catalog: Catalog | undefined, { gate }: Pick<CompleteQuery, 'gate'>): Gate | undefined {
  return catalog?.gates.find(({ name }) => name === gate);
}

/** sinceOf lists what a gate can look at the candidate from: the newest run of each event. */
export function sinceOf(catalog?: Catalog): string[] {
  return (catalog?.events ?? []).map(({ name }) => EVENT + name);
}

/** eventOf is the name of the event from whose newest run on a gate looks at the candidate; undefined where that is none. */
export function eventOf(since: string): string | undefined {
  return since.startsWith(EVENT) && since.length > EVENT.length ? since.slice(EVENT.length) : undefined;
}

/** isSince reports whether a text says when a candidate started: a time, an event, a variable, or nothing. */
export function isSince(text: string): boolean {
  return (
    text === '' || hasVariable([text]) || eventOf(text) !== undefined || (TIME.test(text) && !isNaN(Date.parse(text)))
  );
}
