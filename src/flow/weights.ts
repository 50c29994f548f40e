import { Document, isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments, YAMLMap } from 'yaml';
import { Catalog } from '../types';

/** Other weights than a catalog has: of flows by name, of SLIs as flow/sli. */
export interface Weights {
  flows: Record<string, number>;
  slis: Record<string, number>;
}

/** No other weights. */
export const NO_WEIGHTS: Weights = { flows: {}, slis: {} };

/** isEmpty reports whether no weight is another one. */
export function isEmpty({ flows, slis }: Weights): boolean {
  return Object.keys(flows).length + Object.keys(slis).length === 0;
}

/** withFlow and withSLI state another weight; the one that the catalog has takes the statement back. */
export function withFlow(weights: Weights, catalog: Catalog, flow: string, weight: number): Weights {
  const own = catalog.flows.find(({ name }) => name === flow)?.weight;
  return { ...weights, flows: changed(weights.flows, flow, weight, own) };
}

export function withSLI(weights: Weights, catalog: Catalog, flow: string, sli: string, weight: number): Weights {
  const own = catalog.flows.find(({ name }) => name === flow)?.slis.find(({ name }) => name === sli)?.weight;
  return { ...weights, slis: changed(weights.slis, `${flow}/${sli}`, weight, own) };
}

/** within keeps the weights of flows and SLIs that a catalog has. */
export function within({ flows, slis }: Weights, catalog: Catalog): Weights {
  const names = catalog.flows.map(({ name }) => name);
  const places = catalog.flows.flatMap((flow) => flow.slis.map((sli) => `${flow.name}/${sli.name}`));
  return { flows: only(flows, names), slis: only(slis, places) };
}

function only(of: Record<string, number>, names: string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => names.includes(name)));
}

function changed(of: Record<string, number>, name: string, weight: number, own?: number): Record<string, number> {
  const others = Object.entries(of).filter(([other]) => other !== name);
  return Object.fromEntries(weight === own ? others : [...others, [name, weight]]);
}

/** A piece of text in the place of another. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

/** inDefinition writes other weights into a definition, all of which stays as it is otherwise. */
export function inDefinition(definition: string, weights: Weights): string {
  const edits: Edit[] = [];
  for (const document of parseAllDocuments(definition)) {
    for (const flow of maps(document.getIn(['spec', 'flows']))) {
      const name = String(flow.get('name'));
      edits.push(...weightEdits(definition, document, flow, weights.flows[name]));
      const slis = maps(flow.get('slis'));
      for (const sli of slis) {
        edits.push(...weightEdits(definition, document, sli, weights.slis[`${name}/${sli.get('name')}`]));
      }
      const stated = slis.map((sli) => `${name}/${sli.get('name')}`);
      const others = Object.entries(weights.slis).filter(
        ([sli]) => sli.startsWith(`${name}/`) && !stated.includes(sli)
      );
      edits.push(...presetEdits(definition, flow, others));
    }
  }
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: instead }) => text.slice(0, from) + instead + text.slice(to), definition);
}

/** withObjective writes the objective of a flow into a definition, all of which stays as it is otherwise. */
export function withObjective(definition: string, flow: string, objective: number): string {
  for (const document of parseAllDocuments(definition)) {
    for (const map of maps(document.getIn(['spec', 'flows']))) {
      if (String(map.get('name')) === flow) {
        const stated = map.get('objective', true);
        const { from, to, text } =
          isNode(stated) && stated.range
            ? replace(definition, stated.range, objective)
            : add(definition, map, 'objective', objective);
        return definition.slice(0, from) + text + definition.slice(to);
      }
    }
  }
  return definition;
}

/** weightEdits states the weight of a flow or an SLI, or the value of one that follows the data. */
function weightEdits(definition: string, document: Document, of: YAMLMap, weight?: number): Edit[] {
  if (weight === undefined) {
    return [];
  }
  const stated = of.get('weight', true);
  if (isMap(stated)) {
    const value = stated.get('value', true);
    return [
      isNode(value) && value.range
        ? replace(definition, value.range, weight)
        : add(definition, stated, 'value', weight),
    ];
  }
  if (isAlias(stated) && !isScalar(stated.resolve(document))) {
    return []; // What it stands for is stated elsewhere, and for others too.
  }
  return [
    isNode(stated) && stated.range ? replace(definition, stated.range, weight) : add(definition, of, 'weight', weight),
  ];
}

/** presetEdits states the weights of SLIs of the preset that a flow is made of, by their names among its own SLIs. */
function presetEdits(definition: string, flow: YAMLMap, weights: Array<[string, number]>): Edit[] {
  if (!isMap(flow.get('preset')) || weights.length === 0) {
    return [];
  }
  const items = weights.map(([sli, weight]) => `{ name: ${sli.slice(sli.indexOf('/') + 1)}, weight: ${weight} }`);
  const slis = flow.get('slis', true);
  if (!isSeq(slis) || slis.items.length === 0) {
    const list = `[${items.join(', ')}]`;
    return [isNode(slis) && slis.range ? replace(definition, slis.range, list) : add(definition, flow, 'slis', list)];
  }
  const [start] = rangeOf(slis);
  if (slis.flow) {
    return [{ from: start + 1, to: start + 1, text: `${items.join(', ')}, ` }];
  }
  const indent = ' '.repeat(start - (definition.lastIndexOf('\n', start - 1) + 1));
  return [{ from: start, to: start, text: items.map((item) => `- ${item}\n${indent}`).join('') }];
}

/** replace puts a weight or a list in the place of a value, which may be nothing at all, right behind a colon or before a comment. */
function replace(definition: string, [from, to]: readonly number[], value: number | string): Edit {
  const text = from < to ? `${value}` : definition[to] === '#' ? ` ${value} ` : ` ${value}`;
  return { from, to, text };
}

/** add states a field behind the first one of a mapping: on the same line in braces, else on a line of its own. */
function add(definition: string, to: YAMLMap, field: string, value: number | string): Edit {
  const [first] = to.items;
  const start = rangeOf(first.key)[0];
  const end = rangeOf(first.value)[1];
  if (to.flow) {
    return { from: end, to: end, text: `, ${field}: ${value}` };
  }
  const indent = ' '.repeat(start - (definition.lastIndexOf('\n', start - 1) + 1));
  const eol = definition.indexOf('\n', end);
  const at = eol < 0 ? definition.length : eol;
  return { from: at, to: at, text: `\n${indent}${field}: ${value}` };
}

function rangeOf(node: unknown): readonly number[] {
  return (isNode(node) && node.range) || [0, 0];
}

function maps(list: unknown): YAMLMap[] {
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
}
