import { labels } from '../labels';
import { CompleteQuery } from '../types';
import { hasBurnWindow, hasLongWindow } from './measures';

/** measureLabels name the measures: in a table what it shows. */
export function measureLabels({ format }: CompleteQuery): Record<string, { label: string; description: string }> {
  return format === 'table' ? labels.query.tables : labels.measure;
}

/** measureTooltip says what a measure is. */
export function measureTooltip({ format }: CompleteQuery): string {
  if (format === 'table') {
    return labels.query.measureInTable;
  }
  return format === 'summary' ? labels.query.measureInSummary : labels.query.measureTooltip;
}

/** windowTooltip says what the window is. */
export function windowTooltip(query: CompleteQuery): string {
  if (hasBurnWindow(query.measure)) {
    return labels.query.windowOfBurn;
  }
  return hasLongWindow(query) ? labels.query.windowOrLonger : labels.query.windowTooltip;
}
