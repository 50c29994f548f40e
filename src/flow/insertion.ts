import { Document, isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments, stringify, YAMLMap, YAMLSeq } from 'yaml';

/** What is written into a definition: fields with numbers, texts, lists and fields in them. */
export type Fields = Record<string, unknown>;

/** How wide a list or a mapping is indented below its name. */
const STEP = 2;

/** What a definition starts with that has no flow yet. */
const EMPTY = 'apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: my-service }\nspec:\n  flows:\n';

/** flowAt returns the name of the flow that an offset of a definition is in; undefined where it is in none. */
export function flowAt(definition: string, offset: number): string | undefined {
  const flow = flowsOf(definition).find(({ range }) => range && range[0] <= offset && offset <= range[2]);
  return flow && String(flow.get('name'));
}

/**
 * withNewFlow writes a flow below the others of a definition, which stays as it is otherwise. It returns undefined where the
 * definition has no place for a flow: where it is no mapping, or where spec or flows is something else, such as an alias.
 */
export function withNewFlow(definition: string, flow: Fields): string | undefined {
  const documents: Document[] = [...parseAllDocuments(definition)]
    .filter(({ contents }) => !isEmpty(contents))
    .reverse();
  if (documents.length === 0) {
    return (definition.trim() && definition.trimEnd() + '\n') + EMPTY + indented(blockLines([flow]), 2 * STEP) + '\n';
  }
  const mappings = documents.flatMap(({ contents }) => (isMap(contents) ? [contents] : []));
  const catalog = mappings.find((one) => isMap(one.get('spec'))) ?? mappings[0];
  const spec: unknown = catalog?.get('spec', true);
  if (isMap(spec)) {
    return added(definition, spec, 'flows', flow);
  }
  return catalog && isNothing(spec) ? put(definition, catalog, 'spec', { flows: [flow] }) : undefined;
}

/**
 * withNewSLI writes an SLI into a flow of a definition: behind the SLI that an offset is in, or else below the others. It returns
 * undefined where the definition has no place for it, such as where slis is an alias.
 */
export function withNewSLI(definition: string, flow: string, sli: Fields, offset = -1): string | undefined {
  const into = flowsOf(definition).find((one) => String(one.get('name')) === flow);
  return into ? added(definition, into, 'slis', sli, offset) : withNewFlow(definition, { name: flow, slis: [sli] });
}

function flowsOf(definition: string): YAMLMap[] {
  return parseAllDocuments(definition).flatMap((document) => {
    const flows: unknown = isMap((document as Document).contents)
      ? (document as Document).getIn(['spec', 'flows'])
      : undefined;
    return isSeq(flows) ? flows.items.filter((item): item is YAMLMap => isMap(item)) : [];
  });
}

/** added writes an item into the list that a mapping has under a name, or is given; undefined where it has no list there. */
function added(definition: string, to: YAMLMap, name: string, item: Fields, offset = -1): string | undefined {
  const list: unknown = to.get(name, true);
  if (isSeq(list) && list.items.length > 0) {
    return list.flow ? behind(definition, list, inBraces(item), offset) : below(definition, list, item, offset);
  }
  return isSeq(list) || isNothing(list) ? put(definition, to, name, [item]) : undefined;
}

/** put writes what a mapping has under a name where it has nothing there, or an empty list. */
function put(definition: string, to: YAMLMap, name: string, value: Fields | Fields[]): string {
  const stated = to.items.find(({ key }) => isScalar(key) && key.value === name);
  const [from, until] = rangeOf(stated?.value);
  if (from < until) {
    return insert(definition, from, inBraces(value), until); // [], null or ~
  }
  if (to.flow && to.items.length === 0) {
    return insert(definition, rangeOf(to)[0], inBraces({ [name]: value }), rangeOf(to)[1]);
  }
  if (to.flow) {
    return stated
      ? insert(definition, endOf(stated), ` ${inBraces(value)}`)
      : insert(definition, endOf(to.items[to.items.length - 1]), `, ${name}: ${inBraces(value)}`);
  }
  const column = columnOf(definition, rangeOf(to.items[0].key)[0]);
  const lines = `\n${indented(blockLines(value), column + STEP)}`;
  return stated
    ? insert(definition, lineEnd(definition, rangeOf(stated.key)[1]), lines)
    : insert(definition, lineEnd(definition, endOf(to)), `\n${' '.repeat(column)}${name}:${lines}`);
}

/** below writes an item into a list in block style. */
function below(definition: string, list: YAMLSeq, item: Fields, offset: number): string {
  const before = itemAt(list, offset);
  const column = columnOf(definition, rangeOf(list)[0]);
  return insert(definition, lineEnd(definition, endOf(before)), `\n${indented(blockLines([item]), column)}`);
}

/** behind writes an item into a list in brackets. */
function behind(definition: string, list: YAMLSeq, item: string, offset: number): string {
  return insert(definition, endOf(itemAt(list, offset)), `, ${item}`);
}

/** itemAt returns the item of a list that an offset is in, or the last one. */
function itemAt(list: YAMLSeq, offset: number): unknown {
  const at = list.items.find((item) => rangeOf(item)[0] <= offset && offset <= endOf(item));
  return at ?? list.items[list.items.length - 1];
}

/** isNothing reports whether there is no value: none at all, nothing behind the colon, or null. */
function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

/** isEmpty reports whether nothing is written of a document but comments. */
function isEmpty(contents: unknown): boolean {
  return isNothing(contents) && rangeOf(contents)[0] === rangeOf(contents)[1];
}

/** endOf returns where what is written of a node ends, without the comments and the empty lines behind it. */
function endOf(node: unknown): number {
  if (isPair(node)) {
    return isNode(node.value) && !isNothing(node.value) ? endOf(node.value) : rangeOf(node.key)[1] + 1;
  }
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
    return endOf(node.items[node.items.length - 1]);
  }
  return rangeOf(node)[1];
}

/** lineEnd returns the end of the line in which a text ends; a block of text ends with its last line. */
function lineEnd(definition: string, end: number): number {
  if (definition[end - 1] === '\n') {
    return end - 1;
  }
  const eol = definition.indexOf('\n', end);
  return eol < 0 ? definition.length : eol;
}

function columnOf(definition: string, offset: number): number {
  return offset - (definition.lastIndexOf('\n', offset - 1) + 1);
}

function rangeOf(node: unknown): readonly number[] {
  return (isNode(node) && node.range) || [0, 0];
}

function insert(definition: string, from: number, text: string, to = from): string {
  return definition.slice(0, from) + text + definition.slice(to);
}

/** blockLines writes a list or a mapping on lines of its own. */
function blockLines(value: Fields | Fields[]): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

/** inBraces writes a list or a mapping in brackets or braces. */
function inBraces(value: Fields | Fields[]): string {
  if (Array.isArray(value)) {
    return `[${value.map(inBraces).join(', ')}]`;
  }
  const document = new Document(value);
  if (isMap(document.contents)) {
    document.contents.flow = true;
  }
  return document.toString({ lineWidth: 0 }).trim();
}

function indented(lines: string, column: number): string {
  return lines.replace(/^/gm, ' '.repeat(column));
}
