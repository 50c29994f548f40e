import { CompleteQuery } from '../types';
import { isMoney, isOfGates } from './measures';
import { hasVariable } from './names';

/** legendLabels lists the labels of a query's answer as they can stand in its legend. */
export function legendLabels({ measure, level, by, labels = [] }: CompleteQuery): string[] {
  const names = [
    ...(level === 'overall' ? [] : ['flow']),
    ...(level === 'component' || level === 'sli' ? [level] : []),
    ...(measure === 'quantile' ? ['quantile'] : []),
    ...[...by, ...labels].filter((name) => !hasVariable([name])),
    ...(isMoney(measure) ? ['currency'] : []),
    ...(isOfGates(measure) ? ['gate'] : []),
  ];
  return names.map((name) => `{{${name}}}`);
}
