import React from 'react';
import { labels } from '../labels';
import { TextField } from './TextField';

interface Props {
  legend: string;
  /** The labels of the answer, as they can stand in a legend. */
  known: string[];
  onChange: (legend: string) => void;
}

/** The legend, with labels on offer. */
export function LegendField({ legend, known, onChange }: Props) {
  return (
    <TextField
      label={labels.query.legend}
      tooltip={labels.query.legendTooltip(known)}
      text={legend}
      placeholder={labels.query.legendPlaceholder}
      known={legends(known)}
      onChange={onChange}
    />
  );
}

/** legends are what is often written: all labels, which tells everything apart, and each by itself. */
function legends(known: string[]): string[] {
  return [...new Set([known.join(' '), ...known])].filter(Boolean);
}
