import { Button, InlineField, InlineFieldRow, InlineSwitch, Select } from '@grafana/ui';
import React, { useId, useMemo, useState } from 'react';
import { traceSources } from '../hooks/traceSources';
import { labels } from '../labels';
import { TraceDestination } from '../types';
import { TextSetting } from './TextSetting';

interface Props {
  destinations: TraceDestination[];
  readOnly: boolean;
  onChange: (destinations: TraceDestination[]) => void;
}

/** The destinations of links to traces, as in the settings of Grafana's Prometheus data source. */
export function ExemplarSettings({ destinations, readOnly, onChange }: Props) {
  const text = labels.exemplars;
  return (
    <section aria-label={text.title}>
      <h3 className="page-heading">{text.title}</h3>
      <p>{text.intro}</p>
      {destinations.map((destination, i) => (
        <Destination
          key={i}
          number={i + 1}
          destination={destination}
          readOnly={readOnly}
          onChange={(changed) => onChange(destinations.map((other, k) => (k === i ? changed : other)))}
          onRemove={() => onChange(destinations.filter((_, k) => k !== i))}
        />
      ))}
      {!readOnly && (
        <Button
          type="button"
          variant="secondary"
          size="sm"
          icon="plus"
          onClick={() => onChange([...destinations, { name: 'trace_id' }])}
        >
          {text.add}
        </Button>
      )}
    </section>
  );
}

interface DestinationProps {
  number: number;
  destination: TraceDestination;
  readOnly: boolean;
  onChange: (destination: TraceDestination) => void;
  onRemove: () => void;
}

/** One destination: a data source of traces, or an address, for the IDs in a label. */
function Destination({ number, destination, readOnly, onChange, onRemove }: DestinationProps) {
  const text = labels.exemplars;
  const { name, datasourceUid, url, urlDisplayLabel } = destination;
  const sources = useMemo(traceSources, []);
  const [isInternal, setInternal] = useState(url === undefined);
  const switchId = useId();
  const sourceId = useId();
  const choose = (internal: boolean) => {
    setInternal(internal);
    onChange({ ...destination, datasourceUid: undefined, url: undefined });
  };
  return (
    <div role="group" aria-label={text.destination(number)}>
      <InlineFieldRow>
        <InlineField label={text.internal} tooltip={text.internalTooltip} htmlFor={switchId} disabled={readOnly}>
          <InlineSwitch id={switchId} value={isInternal} onChange={(event) => choose(event.currentTarget.checked)} />
        </InlineField>
        {isInternal ? (
          <InlineField label={text.source} tooltip={text.sourceTooltip} htmlFor={sourceId} disabled={readOnly}>
            <Select<string>
              inputId={sourceId}
              aria-label={text.source}
              width={30}
              placeholder={text.sourcePlaceholder}
              options={sources.map((source) => ({ label: source.name, value: source.uid }))}
              value={datasourceUid}
              onChange={({ value }) => onChange({ ...destination, datasourceUid: value, url: undefined })}
            />
          </InlineField>
        ) : (
          <TextSetting
            label={text.url}
            tooltip={text.urlTooltip}
            placeholder={text.urlPlaceholder}
            width={44}
            value={url}
            readOnly={readOnly}
            onChange={(changed) => onChange({ ...destination, datasourceUid: undefined, url: changed })}
          />
        )}
        <TextSetting
          width={18}
          label={text.urlLabel}
          tooltip={text.urlLabelTooltip}
          placeholder={text.urlLabelPlaceholder}
          value={urlDisplayLabel}
          readOnly={readOnly}
          onChange={(changed) => onChange({ ...destination, urlDisplayLabel: changed || undefined })}
        />
        <TextSetting
          width={18}
          label={text.name}
          tooltip={text.nameTooltip}
          placeholder="trace_id"
          value={name}
          readOnly={readOnly}
          onChange={(changed) => onChange({ ...destination, name: changed })}
        />
        {!readOnly && (
          <Button
            type="button"
            variant="secondary"
            fill="text"
            icon="trash-alt"
            aria-label={text.remove(number)}
            onClick={onRemove}
          />
        )}
      </InlineFieldRow>
    </div>
  );
}
