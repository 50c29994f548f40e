import { InlineField, Select } from '@grafana/ui';
import React, { useId } from 'react';
import { bytesOf, isDurationSetting, MIB, wholeNumber } from '../flow/settings';
import { labels } from '../labels';
import { CerOptions } from '../types';
import { SettingProps, TextSetting } from './TextSetting';

const STORES = ['Prometheus', 'Mimir', 'Thanos', 'VictoriaMetrics'];
const METHODS = ['POST', 'GET'];

interface Props {
  options: CerOptions;
  readOnly: boolean;
  onChange: (options: Partial<CerOptions>) => void;
}

/** How the store is asked. */
export function StoreSettings({ options, readOnly, onChange }: Props) {
  const config = labels.config;
  return (
    <section aria-label={config.store}>
      <h3 className="page-heading">{config.store}</h3>
      <ChoiceSetting
        label={config.storeType}
        tooltip={config.storeTypeTooltip}
        placeholder={config.storeTypeDetected}
        values={STORES}
        value={options.prometheusType}
        readOnly={readOnly}
        onChange={(prometheusType) => onChange({ prometheusType })}
      />
      <TextSetting
        label={config.scrapeInterval}
        tooltip={config.scrapeIntervalTooltip}
        placeholder="15s"
        value={options.timeInterval}
        error={isDurationSetting(options.timeInterval) ? undefined : config.notDuration}
        readOnly={readOnly}
        onChange={(timeInterval) => onChange({ timeInterval })}
      />
      <ChoiceSetting
        label={config.method}
        tooltip={config.methodTooltip}
        placeholder="POST"
        values={METHODS}
        value={options.httpMethod}
        readOnly={readOnly}
        onChange={(httpMethod) => onChange({ httpMethod })}
      />
      <TextSetting
        label={config.timeout}
        tooltip={config.timeoutTooltip}
        placeholder="1m"
        value={options.queryTimeout}
        error={isDurationSetting(options.queryTimeout) ? undefined : config.notDuration}
        readOnly={readOnly}
        onChange={(queryTimeout) => onChange({ queryTimeout })}
      />
      <TextSetting
        label={config.parameters}
        tooltip={config.parametersTooltip}
        placeholder={config.parametersPlaceholder}
        value={options.customQueryParameters}
        readOnly={readOnly}
        onChange={(customQueryParameters) => onChange({ customQueryParameters })}
      />
      <TextSetting
        label={config.concurrency}
        tooltip={config.concurrencyTooltip}
        placeholder="10"
        type="number"
        value={options.concurrency?.toString()}
        readOnly={readOnly}
        onChange={(concurrency) => onChange({ concurrency: wholeNumber(concurrency) })}
      />
      <TextSetting
        label={config.cache}
        tooltip={config.cacheTooltip}
        placeholder="256"
        type="number"
        min={0}
        value={options.cacheBytes === undefined ? '' : Math.round(options.cacheBytes / MIB).toString()}
        readOnly={readOnly}
        onChange={(mib) => onChange({ cacheBytes: bytesOf(mib) })}
      />
      <TextSetting
        label={config.overlap}
        tooltip={config.overlapTooltip}
        placeholder="10m"
        value={options.cacheOverlap}
        error={isDurationSetting(options.cacheOverlap) ? undefined : config.notDuration}
        readOnly={readOnly}
        onChange={(cacheOverlap) => onChange({ cacheOverlap })}
      />
      <TextSetting
        label={config.maxSeries}
        tooltip={config.maxSeriesTooltip}
        placeholder="20000"
        type="number"
        value={options.maxSeries?.toString()}
        readOnly={readOnly}
        onChange={(maxSeries) => onChange({ maxSeries: wholeNumber(maxSeries) })}
      />
      <TextSetting
        label={config.queryBytes}
        tooltip={config.queryBytesTooltip}
        placeholder="256"
        type="number"
        min={1}
        value={options.queryBytes === undefined ? '' : Math.round(options.queryBytes / MIB).toString()}
        readOnly={readOnly}
        onChange={(mib) => onChange({ queryBytes: bytesOf(mib) })}
      />
    </section>
  );
}

interface ChoiceProps extends SettingProps {
  values: string[];
  onChange: (value?: string) => void;
}

/** A setting that is one of a few values, or left open. */
function ChoiceSetting({ label, tooltip, placeholder, values, value, readOnly, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <InlineField label={label} tooltip={tooltip} labelWidth={26} htmlFor={id} disabled={readOnly}>
      <Select<string>
        inputId={id}
        aria-label={label}
        width={40}
        isClearable
        placeholder={placeholder}
        options={values.map((v) => ({ label: v, value: v }))}
        value={value}
        onChange={(chosen) => onChange(chosen?.value)}
      />
    </InlineField>
  );
}
