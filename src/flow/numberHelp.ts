import { labels } from '../labels';
import { CompleteQuery } from '../types';
import { isShare, unitOf } from './measures';

/** numberHelp says which numbers the threshold of an alert rule compares; nothing where they are as they are shown. */
export function numberHelp({ measure }: Pick<CompleteQuery, 'measure'>): string | undefined {
  const { share, ofMeasure, ofUnit } = labels.query.numberHelp;
  return ofMeasure[measure] ?? (isShare(measure) ? share : ofUnit[unitOf(measure)]);
}
