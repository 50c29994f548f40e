import { Catalog } from '../types';

/** hasVariable reports whether any name is, or holds, a dashboard variable. */
export function hasVariable(names: string[]): boolean {
  return names.some((name) => name.includes('$') || name.includes('[['));
}

/** flowsOf lists the names of a catalog's flows. */
export function flowsOf(catalog: Catalog): string[] {
  return catalog.flows.map((flow) => flow.name);
}

/**
 * slisOf lists how SLIs of the flows can be named, none standing for all flows: each name once, then flow/sli for names
 * that several of the flows have.
 */
export function slisOf(catalog: Catalog, flows: string[]): string[] {
  const places = chosen(catalog, flows).flatMap((flow) => flow.slis.map((sli) => ({ flow: flow.name, sli: sli.name })));
  const names = unique(places.map(({ sli }) => sli));
  const shared = new Set(names.filter((name) => places.filter(({ sli }) => sli === name).length > 1));
  return [...names, ...places.filter(({ sli }) => shared.has(sli)).map(({ flow, sli }) => `${flow}/${sli}`)];
}

/** titleOfFlow is the title of a flow, where it has one. */
export function titleOfFlow(catalog: Catalog, name: string): string | undefined {
  return catalog.flows.find((flow) => flow.name === name)?.title;
}

/** titleOfSLI is the title of an SLI, named by itself or as flow/sli; none where SLIs of the name have several. */
export function titleOfSLI(catalog: Catalog, name: string): string | undefined {
  const named = catalog.flows.flatMap((flow) =>
    flow.slis.filter((sli) => name === sli.name || name === `${flow.name}/${sli.name}`)
  );
  const titles = unique(named.map((sli) => sli.title ?? ''));
  return titles.length === 1 ? titles[0] || undefined : undefined;
}

/** componentsOf lists the components that SLIs of the flows speak for, none standing for all flows. */
export function componentsOf(catalog: Catalog, flows: string[]): string[] {
  const used = new Set(chosen(catalog, flows).flatMap((flow) => flow.slis.map((sli) => sli.component)));
  return catalog.components.filter((component) => used.has(component));
}

/** Replaces dashboard variables; the format is called with each variable's value or values. */
export type Replace = (text: string, format: (values: string | string[]) => string) => string;

/** Stands in for a variable while a name is taken apart; no name has it. */
const MARK = '\u0000';

/**
 * interpolateNames replaces the variables in names. A variable of several values gives a name for each of them, also
 * within a name such as $flow/$sli, and one without a value gives none.
 */
export function interpolateNames(names: string[], replace: Replace): string[] {
  return unique(names.flatMap((name) => interpolateName(name, replace)).filter((name) => name !== ''));
}

/**
 * namesNothing reports whether names are there, but only variables without a value. None would stand for all, which is
 * not what was selected.
 */
export function namesNothing(names: string[], replace: Replace): boolean {
  return names.length > 0 && interpolateNames(names, replace).length === 0;
}

function interpolateName(name: string, replace: Replace): string[] {
  const values: string[][] = [];
  const text = replace(name, (value) => {
    values.push((Array.isArray(value) ? value : [value]).map(String));
    return MARK;
  });
  const [head, ...rest] = text.split(MARK);
  return rest.reduce((heads, tail, i) => heads.flatMap((h) => values[i].map((value) => h + value + tail)), [head]);
}

function chosen(catalog: Catalog, flows: string[]) {
  return flows.length === 0 || hasVariable(flows)
    ? catalog.flows
    : catalog.flows.filter((flow) => flows.includes(flow.name));
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
