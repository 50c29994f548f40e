import { css } from '@emotion/css';
import { DataSourceSettings } from '@grafana/data';
import { Alert, InlineField, Input, Select } from '@grafana/ui';
import React, { useId, useMemo } from 'react';
import { OtherSettings } from '../flow/takeOver';
import { prometheusSources, useTakeOver } from '../hooks/useTakeOver';
import { labels } from '../labels';
import { CerOptions } from '../types';

interface Props {
  settings: DataSourceSettings<CerOptions>;
  readOnly: boolean;
  onChange: (settings: DataSourceSettings<CerOptions>) => void;
  /** Takes over the address of another data source and how it is asked. */
  onTakeOver: (other: OtherSettings) => void;
}

/** A URL fits into it, and it into half of a window. */
const narrow = css({ maxWidth: 720 });

/** Where the store is: its address, or that of a Prometheus data source that Grafana has already. */
export function ConnectionSettings({ settings, readOnly, onChange, onTakeOver }: Props) {
  const urlId = useId();
  const sourceId = useId();
  const text = labels.connection;
  const sources = useMemo(prometheusSources, []);
  const [{ name, secrets, fault }, read] = useTakeOver();
  const take = async (uid?: string) => {
    const source = sources.find((one) => one.uid === uid);
    const other = source && (await read(source));
    if (other) {
      onTakeOver(other);
    }
  };
  return (
    <section aria-label={text.title} className={narrow}>
      <h3 className="page-heading">{text.title}</h3>
      <InlineField label={text.url} tooltip={text.urlTooltip} labelWidth={26} htmlFor={urlId} disabled={readOnly} grow>
        <Input
          id={urlId}
          placeholder="http://localhost:9090"
          value={settings.url}
          onChange={(event) => onChange({ ...settings, url: event.currentTarget.value })}
        />
      </InlineField>
      {sources.length > 0 && !readOnly && (
        <InlineField label={text.from} tooltip={text.fromTooltip} labelWidth={26} htmlFor={sourceId} grow>
          <Select<string>
            inputId={sourceId}
            aria-label={text.from}
            placeholder={text.fromPlaceholder}
            options={sources.map((source) => ({ label: source.name, value: source.uid }))}
            value={null}
            onChange={(chosen) => void take(chosen?.value)}
          />
        </InlineField>
      )}
      <div role="status">
        {name && fault && <Alert severity="warning" title={text.notRead(name, fault)} />}
        {name && secrets && <Alert severity="info" title={text.taken(name, secrets)} />}
      </div>
    </section>
  );
}
