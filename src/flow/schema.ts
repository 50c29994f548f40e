import document from '../../schema/cer-v1.json';
import { Step } from './scanner';

/** A JSON Schema, as far as that of definitions goes. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  items?: Schema;
  contentMediaType?: string;
}

/** What can be written in a place, and what it means. */
export interface Choice {
  name: string;
  doc: string;
  /** Whether the mapping lacks something without it. */
  required: boolean;
  /** Whether a field holds a mapping or a list, which go on below it in block style. */
  nests: boolean;
}

/** The media types of text that is completed from the store. */
export type Media = 'text/x-promql' | 'text/x-promql-matchers';

/** The schemas of all mappings; a definition is a document. */
const MAPPINGS = document.$defs as unknown as Record<string, Schema>;

/** schemasAt returns the schemas of the values that can stand at the end of a path. */
export function schemasAt(path: Step[]): Schema[] {
  return path.reduce((all, step) => all.flatMap((schema) => below(schema, step)), variants(MAPPINGS.document));
}

/** variants returns the schemas that one stands for, references resolved. */
function variants(schema: Schema): Schema[] {
  const target = schema.$ref && MAPPINGS[schema.$ref.slice('#/$defs/'.length)];
  if (target) {
    return variants(target);
  }
  const choices = schema.anyOf ?? (schema.type === undefined ? schema.oneOf : undefined);
  return choices && !schema.properties ? choices.flatMap(variants) : [schema];
}

/** below returns the schemas of what a step leads to. */
function below(schema: Schema, step: Step): Schema[] {
  if (typeof step === 'number') {
    return schema.items ? variants(schema.items) : [];
  }
  const field = ownField(schema, step) ?? schema.additionalProperties;
  return typeof field === 'object' ? variants(field) : [];
}

function ownField(schema: Schema, name: string): Schema | undefined {
  return Object.prototype.hasOwnProperty.call(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
}

/** fieldsAt returns the fields of the mapping at the end of a path, in their order. */
export function fieldsAt(path: Step[]): Choice[] {
  return schemasAt(path).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, field]) => ({
      name,
      doc: field.description ?? '',
      required: required.includes(name),
      nests: variants(field).every(({ type }) => type === 'object' || type === 'array'),
    }))
  );
}

/** wordsAt returns the words that the value at the end of a path chooses from. */
export function wordsAt(path: Step[]): Choice[] {
  return schemasAt(path).flatMap(({ type, oneOf = [], const: only }) => {
    const words = type === 'boolean' ? TRUTH : only === undefined ? oneOf : [{ const: only, description: '' }];
    return words.map((word) => ({
      name: String(word.const),
      doc: word.description ?? '',
      required: false,
      nests: false,
    }));
  });
}

const TRUTH: Schema[] = [
  { const: true, description: '' },
  { const: false, description: '' },
];

/** mediaAt returns what the text at the end of a path is written in; undefined for plain text. */
export function mediaAt(path: Step[]): Media | undefined {
  const media = schemasAt(path).find(({ contentMediaType }) => contentMediaType)?.contentMediaType;
  return media as Media | undefined;
}
