import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Checkbox, FilterInput, LoadingPlaceholder, Select, useStyles2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import {
  Choice,
  DiscoveredPreset,
  Discovery,
  flowsOf,
  found,
  inFlow,
  isChosen,
  proposedOf,
  Service,
  toggled,
} from '../flow/discovery';
import { useDiscovery } from '../hooks/useDiscovery';
import { labels } from '../labels';
import { Sparkline } from './Sparkline';

interface Props {
  uid: string;
  /** Counts how often the data source was saved. */
  version?: number;
  /** Whether a definition is in the editor, which the proposal replaces. */
  replaces: boolean;
  /** Puts a definition into the editor. */
  onPropose: (definition: string) => void;
}

/** What was recognised in the store, to choose the services that a definition in the editor is made of. Nothing is saved. */
export function DiscoverForm({ uid, version, replaces, onPropose }: Props) {
  const text = labels.discover;
  const [{ asking, discovery, fault }, propose] = useDiscovery(uid, version);
  const [choices, setChoices] = useState<Choice[]>([]);
  const [search, setSearch] = useState('');
  const [made, setMade] = useState<Discovery>();
  useEffect(() => setChoices(discovery ? proposedOf(discovery) : []), [discovery]);
  const submit = async () => {
    const answer = await propose(choices);
    setMade(answer);
    if (answer?.definition) {
      onPropose(answer.definition);
    }
  };
  const issues = (made ?? discovery)?.issues ?? [];
  return (
    <div>
      <p>{text.intro}</p>
      {asking && !discovery && <LoadingPlaceholder text={text.asking} />}
      {discovery && discovery.presets.length > 0 && !made?.definition && (
        <>
          <FilterInput
            aria-label={text.search}
            placeholder={text.search}
            width={40}
            value={search}
            onChange={setSearch}
          />
          <Presets presets={found(discovery.presets, search)} choices={choices} onChange={setChoices} />
          <p>
            <Button type="button" disabled={asking || choices.length === 0} onClick={submit}>
              {replaces ? text.replace : text.submit}
            </Button>
          </p>
        </>
      )}
      <div role="status">
        {fault && <Alert severity="error" title={text.failed(fault)} />}
        {made?.definition && (
          <p>
            {text.done(made.flows, made.slis)}{' '}
            <Button type="button" size="sm" variant="secondary" onClick={() => setMade(undefined)}>
              {text.again}
            </Button>
          </p>
        )}
        {issues.map(({ severity, message }) => (
          <Alert key={message} severity={severity === 'error' ? 'info' : 'warning'} title={message} />
        ))}
      </div>
    </div>
  );
}

interface PresetsProps {
  presets: DiscoveredPreset[];
  choices: Choice[];
  onChange: (choices: Choice[]) => void;
}

/** The recognised exporters, each with its services. */
function Presets({ presets, choices, onChange }: PresetsProps) {
  const styles = useStyles2(getStyles);
  const text = labels.discover;
  return (
    <div className={styles.presets} role="region" aria-label={text.found} tabIndex={0}>
      {presets.length === 0 && <p>{text.nothingFound}</p>}
      {presets.map((preset) => (
        <table key={preset.name} className={styles.table} aria-label={preset.name}>
          <caption className={styles.caption}>
            <strong>{preset.exporter}</strong>{' '}
            <small>
              {preset.kind === 'component' ? text.component : text.byPreset(preset.name)}
              {preset.more > 0 && `, ${text.more(preset.more)}`}
            </small>
          </caption>
          <tbody>
            {preset.services.map((service) => (
              <ServiceRow key={service.name} {...{ preset, service, choices, onChange }} />
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

interface RowProps {
  preset: DiscoveredPreset;
  service: Service;
  choices: Choice[];
  onChange: (choices: Choice[]) => void;
}

/** A row of the list: a check box for the service, its traffic, and which of its SLIs have telemetry. */
function ServiceRow({ preset, service, choices, onChange }: RowProps) {
  const styles = useStyles2(getStyles);
  const text = labels.discover;
  const chosen = isChosen(choices, preset.name, service.name);
  const isOwn = (choice: Choice) => choice.preset === preset.name && choice.service === service.name;
  const flow = choices.find(isOwn)?.flow;
  const flows = flowsOf(choices.filter((choice) => !isOwn(choice)));
  return (
    <tr>
      <td className={styles.name}>
        <Checkbox
          label={service.name}
          value={chosen}
          onChange={() => onChange(toggled(choices, preset, service.name))}
        />
      </td>
      <td className={styles.number}>
        {service.eventsPerSecond !== null && text.traffic(service.eventsPerSecond, service.share)}
      </td>
      <td>
        {service.history.length > 0 && <Sparkline label={text.lastHour(service.name)} values={service.history} />}
      </td>
      <td className={styles.slis}>{service.slis.join(', ')}</td>
      <td className={styles.flow}>
        {preset.kind === 'component' && chosen && flows.length > 0 && (
          <Select<string>
            aria-label={text.flowOf(service.name)}
            placeholder={text.ownFlow}
            isClearable
            options={flows.map((name) => ({ label: text.inFlow(name), value: name }))}
            value={flow ?? null}
            onChange={(to) => onChange(inFlow(choices, preset.name, service.name, to?.value))}
          />
        )}
      </td>
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  presets: css({ maxHeight: 480, overflow: 'auto', margin: theme.spacing(2, 0) }),
  table: css({ width: '100%', maxWidth: 900, marginBottom: theme.spacing(2), td: { verticalAlign: 'middle' } }),
  caption: css({
    captionSide: 'top',
    textAlign: 'left',
    color: theme.colors.text.primary,
    padding: theme.spacing(0.5, 0),
  }),
  name: css({ overflowWrap: 'anywhere', width: '35%' }),
  number: css({ textAlign: 'right', whiteSpace: 'nowrap', padding: theme.spacing(0, 2) }),
  slis: css({ color: theme.colors.text.secondary, padding: theme.spacing(0, 2) }),
  flow: css({ width: 200 }),
});
