import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Button, IconButton, Select, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Matcher, OPERATORS } from '../flow/selector';
import { AskStore } from '../hooks/storeNames';
import { labels } from '../labels';
import { StoreSelect } from './StoreSelect';

interface Props {
  /** What the matchers decide. */
  label: string;
  metric: string;
  matchers: Matcher[];
  ask: AskStore;
  onChange: (matchers: Matcher[]) => void;
}

/** What labels of a metric have to be, a row each. */
export function MatcherRows({ label, metric, matchers, ask, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const text = labels.draft;
  const set = (at: number, change: Partial<Matcher>) =>
    onChange(matchers.map((matcher, i) => (i === at ? { ...matcher, ...change } : matcher)));
  const names = async (typed: string) => (await ask({ kind: 'label', typed, metric })).values;
  const values = (of: string) => async (typed: string) =>
    of === '' ? [] : (await ask({ kind: 'value', typed, metric, label: of })).values;
  return (
    <div role="group" aria-label={label}>
      <div className={styles.label}>{label}</div>
      {matchers.map((matcher, i) => (
        <div key={i} className={styles.row}>
          <StoreSelect
            label={text.matcherLabel(label, i + 1)}
            placeholder={text.labelPlaceholder}
            width={22}
            of={metric}
            value={matcher.label}
            load={names}
            onChange={(name) => set(i, { label: name })}
          />
          <Select<Matcher['operator']>
            aria-label={text.matcherOperator(label, i + 1)}
            width={10}
            options={OPERATORS.map((value) => ({ label: value, value, description: text.operators[value] }))}
            value={matcher.operator}
            onChange={({ value }) => value && set(i, { operator: value })}
          />
          <StoreSelect
            label={text.matcherValue(label, i + 1)}
            placeholder={text.valuePlaceholder}
            width={22}
            of={`${metric} ${matcher.label}`}
            value={matcher.value}
            load={values(matcher.label)}
            onChange={(value) => set(i, { value })}
          />
          <IconButton
            name="trash-alt"
            aria-label={text.removeMatcher(label, i + 1)}
            onClick={() => onChange(matchers.filter((_, at) => at !== i))}
          />
        </div>
      ))}
      <Button
        type="button"
        size="sm"
        variant="secondary"
        icon="plus"
        aria-label={text.addMatcher(label)}
        onClick={() => onChange([...matchers, { label: '', operator: '=', value: '' }])}
      >
        {text.label}
      </Button>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  label: css({ ...theme.typography.bodySmall, fontWeight: theme.typography.fontWeightMedium, marginBottom: 4 }),
  row: css({ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 4, marginBottom: 4 }),
});
