import { createDataFrame, DataFrame, DataFrameType, Field, FieldConfig, FieldType } from '@grafana/data';
import { labels as texts } from '../labels';

/**
 * asTables makes one table of the numbers of each query, with a column for each label. Explore merges frames by the names
 * of their fields, so that of one number a frame nobody could tell whose it is.
 */
export function asTables(frames: DataFrame[]): DataFrame[] {
  const numbers = frames.filter(isNumber);
  const queries = [...new Set(numbers.map(({ refId }) => refId))];
  const tables = queries.map((query) => table(numbers.filter(({ refId }) => refId === query)));
  return [...frames.filter((frame) => !isNumber(frame)), ...tables];
}

/** The labels that come first, from the whole to its parts; in frames they are in the order of the alphabet. */
const FIRST = ['flow', 'component', 'sli'];

function byRank(a: string, b: string): number {
  const rank = (label: string) => (FIRST.includes(label) ? FIRST.indexOf(label) : FIRST.length);
  return rank(a) - rank(b);
}

function isNumber({ meta, fields }: DataFrame): boolean {
  return meta?.type === DataFrameType.NumericMulti && fields.length > 0;
}

function table(frames: DataFrame[]): DataFrame {
  const numbers = frames.flatMap(({ fields }) => fields);
  const labels = [...new Set(numbers.flatMap((number) => Object.keys(number.labels ?? {})))].sort(byRank);
  const columns = labels.map((name) => ({
    name,
    type: FieldType.string,
    config: { displayNameFromDS: texts.column[name] ?? name },
    values: numbers.map((number) => number.labels?.[name] ?? ''),
  }));
  const [{ name, type }] = numbers;
  const values = numbers.map((number) => number.values[0]);
  return createDataFrame({
    refId: frames[0].refId,
    meta: { ...frames[0].meta, type: DataFrameType.NumericLong },
    fields: [...columns, { name, type, config: configOf(numbers), values }],
  });
}

/** configOf is the config of a column of numbers: that of the first, without a unit where they have several. */
function configOf([first, ...others]: Field[]): FieldConfig {
  const { name, config } = first;
  const isOfOneUnit = others.every((other) => other.config.unit === config.unit);
  return { ...config, ...(!isOfOneUnit && { unit: undefined }), displayNameFromDS: texts.column[name] ?? name };
}
