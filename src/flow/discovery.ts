/** The answer of POST discover: what was recognised in the store, and a definition of what was chosen of it. */
export interface Discovery {
  presets: DiscoveredPreset[];
  /** Empty where nothing can be proposed. */
  definition: string;
  flows: number;
  slis: number;
  issues: Array<{ severity: 'error' | 'warning'; message: string; preset?: string }>;
}

/** An exporter whose metrics the store has, by the preset that recognised it. */
export interface DiscoveredPreset {
  name: string;
  exporter: string;
  description: string;
  /** What users reach is a flow of its own; a component belongs to one. */
  kind: 'flow' | 'component';
  services: Service[];
  /** How many services are not listed. */
  more: number;
}

/** A service, its events per second in the last hour, and their course. */
export interface Service {
  name: string;
  /** Null where the preset counts no events. */
  eventsPerSecond: number | null;
  /** Of all events of its preset, in [0,1]. */
  share: number | null;
  history: Array<number | null>;
  /** The SLIs of which it has telemetry. */
  slis: string[];
  /** Whether it is in the definition of the answer. */
  proposed?: boolean;
}

/** A service that a definition is to be made of. */
export interface Choice {
  preset: string;
  service: string;
  /** The flow that a component is added to; none for a flow of its own. */
  flow?: string;
}

/** proposedOf lists the services that a discovery proposes. */
export function proposedOf({ presets }: Discovery): Choice[] {
  return presets.flatMap(({ name, services }) =>
    services.filter(({ proposed }) => proposed).map((service) => ({ preset: name, service: service.name }))
  );
}

/** isChosen reports whether a service is among those that are chosen. */
export function isChosen(choices: Choice[], preset: string, service: string): boolean {
  return choices.some((choice) => choice.preset === preset && choice.service === service);
}

/** toggled adds a service to those that are chosen, or takes it away. A component is added to the first flow that there is. */
export function toggled(choices: Choice[], { name, kind }: DiscoveredPreset, service: string): Choice[] {
  if (isChosen(choices, name, service)) {
    return inFlows(choices.filter((choice) => choice.preset !== name || choice.service !== service));
  }
  const [flow] = kind === 'component' ? flowsOf(choices) : [];
  return [...choices, { preset: name, service, ...(flow && { flow }) }];
}

/** flowsOf lists the flows that choices make. */
export function flowsOf(choices: Choice[]): string[] {
  return [...new Set(choices.filter(({ flow }) => flow === undefined).map(({ service }) => service))];
}

/** inFlow adds a component to another flow; to none for one of its own. */
export function inFlow(choices: Choice[], preset: string, service: string, flow?: string): Choice[] {
  return inFlows(
    choices.map((choice) =>
      choice.preset === preset && choice.service === service ? { preset, service, ...(flow && { flow }) } : choice
    )
  );
}

/** inFlows takes components out of flows that are not chosen any more. */
function inFlows(choices: Choice[]): Choice[] {
  const flows = flowsOf(choices);
  return choices.map(({ flow, ...choice }) =>
    flow !== undefined && flows.includes(flow) ? { ...choice, flow } : choice
  );
}

/** found keeps the services whose name, or whose preset, contains a text. */
export function found(presets: DiscoveredPreset[], search: string): DiscoveredPreset[] {
  const wanted = search.trim().toLowerCase();
  const has = (text: string) => text.toLowerCase().includes(wanted);
  return presets
    .map((preset) =>
      has(preset.name) || has(preset.exporter)
        ? preset
        : { ...preset, services: preset.services.filter(({ name }) => has(name)) }
    )
    .filter(({ services }) => services.length > 0);
}
