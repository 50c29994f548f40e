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

/** withNewFlow writes a flow below the others of a definition, which stays as it is otherwise. */
export function withNewFlow(definition: string, flow: Fields): string {
  const documents = parseAllDocuments(definition).filter((one): one is Document.Parsed => isMap(one.contents));
  const document = [...documents].reverse().find((one) => isMap(one.get('spec')));
  if (!document) {
    return EMPTY + indented(blockItem(flow), 2 * STEP) + '\n';
  }
  return added(definition, document.get('spec') as YAMLMap, 'flows', flow);
}

/** withNewSLI writes an SLI into a flow of a definition: behind the SLI that an offset is in, or else below the others. */
export function withNewSLI(definition: string, flow: string, sli: Fields, offset = -1): string {
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

/** added writes an item into the list that a mapping has under a name, or is given. */
function added(definition: string, to: YAMLMap, name: string, item: Fields, offset = -1): string {
  const list: unknown = to.get(name, true);
  if (isSeq(list) && list.items.length > 0) {
    return list.flow ? behind(definition, list, flowItem(item), offset) : below(definition, list, item, offset);
  }
  if (isNode(list) && list.range && !isNothing(list)) {
    return insert(definition, list.range[0], `[${flowItem(item)}]`, list.range[1]); // []
  }
  if (to.flow) {
    return insert(definition, endOf(to.items[to.items.length - 1]), `, ${name}: [${flowItem(item)}]`);
  }
  const column = columnOf(definition, rangeOf(to.items[0].key)[0]);
  const lines = `\n${indented(blockItem(item), column + STEP)}`;
  const stated = to.items.find(({ key }) => isScalar(key) && key.value === name);
  return stated
    ? insert(definition, lineEnd(definition, rangeOf(stated.key)[1]), lines)
    : insert(definition, lineEnd(definition, endOf(to)), `\n${' '.repeat(column)}${name}:${lines}`);
}

/** below writes an item into a list in block style. */
function below(definition: string, list: YAMLSeq, item: Fields, offset: number): string {
  const before = itemAt(list, offset);
  const column = columnOf(definition, rangeOf(list)[0]);
  return insert(definition, lineEnd(definition, endOf(before)), `\n${indented(blockItem(item), column)}`);
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

function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null;
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

/** blockItem writes an item of a list on lines of its own. */
function blockItem(item: Fields): string {
  return stringify([item], { lineWidth: 0 }).trimEnd();
}

/** flowItem writes an item of a list in braces. */
function flowItem(item: Fields): string {
  const document = new Document(item);
  if (isMap(document.contents)) {
    document.contents.flow = true;
  }
  return document.toString({ lineWidth: 0 }).trim();
}

function indented(lines: string, column: number): string {
  return lines.replace(/^/gm, ' '.repeat(column));
}
