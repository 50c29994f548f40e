// Every string that users see.

import { Format, Issue, Level, Measure, VariableKind } from './types';

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

const UNITS: Record<string, string> = {
  w: 'week',
  d: 'day',
  h: 'hour',
  m: 'minute',
  s: 'second',
  ms: 'millisecond',
};

const measure: Record<Measure, { label: string; description: string }> = {
  score: { label: 'Score', description: 'How well users are served, between 0 and 1' },
  value: { label: 'Value', description: 'What an SLI measures, in its own unit' },
  impact: { label: 'Impact', description: 'What the overall score would gain if this scored 1' },
  coverage: { label: 'Coverage', description: 'The share of weight for which there is telemetry' },
  weight: { label: 'Weight', description: 'The share of importance' },
  traffic: { label: 'Traffic', description: 'Events a second' },
};

const level: Record<Level, { label: string; description: string }> = {
  overall: { label: 'Overall', description: 'One number for all flows, or for the flows chosen' },
  flow: { label: 'Flow', description: 'A number for each flow' },
  component: { label: 'Component', description: 'A number for each component of each flow, such as latency' },
  sli: { label: 'SLI', description: 'A number for each SLI' },
};

const format: Record<Format, { label: string; description: string }> = {
  timeseries: { label: 'Time series', description: 'A number an instant of the time range' },
  latest: { label: 'Latest', description: 'The newest number, for stats and alert rules' },
  table: { label: 'Table', description: 'A row a member, with every measure' },
  definition: { label: 'Definition', description: 'What is asked of the store, and why' },
};

export const labels = {
  duration: (n: number, unit: string) => plural(n, UNITS[unit]),
  and: (most: string, last: string) => `${most} and ${last}`,
  unknownFault: 'Something went wrong, and no reason was given.',

  measureInSentence: {
    score: 'score',
    value: 'value',
    impact: 'impact on the overall score',
    coverage: 'coverage',
    weight: 'weight',
    traffic: 'traffic',
  } as Record<string, string>,

  sentence: {
    whole: (shown: string, looking: string) => `${shown}, ${looking}.`,
    timeseries: (measure: string, whose: string) => `The ${measure} of ${whose} over time`,
    latest: (measure: string, whose: string) => `The newest ${measure} of ${whose}`,
    table: (whose: string) => `A table of ${whose} with every measure`,
    definition: (measure: string, whose: string) => `What is asked of the store for the ${measure} of ${whose}`,
    allFlows: 'all flows together',
    together: (flows: string, n: number) => (n === 1 ? flows : `${flows} together`),
    flows: (flows: string) => flows,
    eachFlow: 'each flow',
    components: (components: string, n: number) => `the component${n === 1 ? '' : 's'} ${components}`,
    eachComponent: 'each component',
    slis: (slis: string, n: number) => `the SLI${n === 1 ? '' : 's'} ${slis}`,
    eachSLI: 'each SLI',
    inFlows: (flows: string) => ` of ${flows}`,
    inEachFlow: ' of each flow',
    onlyComponents: (components: string) => ` by ${components} alone`,
    ownWindow: 'each SLI looking back as far as the catalog says',
    window: (window: string) => `each SLI looking back ${window}`,
  },

  intervals: {
    $__interval: 'each SLI looking back to the point before',
    $__rate_interval: "each SLI looking back over Grafana's rate interval",
    $__range: 'each SLI looking back over the whole time range',
  } as Record<string, string>,

  query: {
    measure: 'Measure',
    measureTooltip: 'The number to show.',
    measureInTable: 'A table shows every measure.',
    level: 'Level',
    levelTooltip: 'Whose number it is. Levels at which the measure does not exist are disabled.',
    flows: 'Flows',
    flowsTooltip: 'The journeys of your users. None stands for all.',
    slis: 'SLIs',
    slisTooltip: 'Indicators, by name or as flow/sli. None stands for all of the flows.',
    slisNeedLevel: 'SLIs can be chosen at the level SLI.',
    components: 'Components',
    componentsTooltip: 'The sides of the experience that SLIs speak for. None stands for all.',
    componentsOfShares:
      'Where impact, weight or a table is shown, components can be chosen at the levels Component and SLI.',
    componentsOfTraffic: 'Traffic has no components; they can be chosen at the level SLI.',
    window: 'Window',
    windowTooltip:
      'How far back SLIs look: a duration up to 1d, an interval of Grafana, or auto for what the catalog says.',
    format: 'Format',
    formatTooltip: 'The shape of the answer. Alert rules take latest.',
    legend: 'Legend',
    legendTooltip: 'A template over labels, such as {{flow}} {{sli}}. Empty for an automatic one.',
    legendPlaceholder: 'automatic',
    all: 'all',
    unknownName: (name: string) => `${name} (not in the catalog)`,
    shows: 'Shows',
    catalogFault: (fault: string) => `The catalog can't be read, so names are not offered: ${fault}`,
    promql: 'PromQL',
    showPromQL: 'Show the PromQL behind it',
    hidePromQL: 'Hide the PromQL',
    promqlNote: (window: string) => `over ${window}`,
    promqlLoading: 'Asking for the PromQL…',
    promqlNone: 'Nothing is asked of the store for this query.',
    windows: {
      auto: { label: 'auto', description: 'What the catalog says, or longer to leave no holes in a long range' },
      $__interval: { label: '$__interval', description: 'From one point of the panel to the next' },
      $__rate_interval: { label: '$__rate_interval', description: "Grafana's interval for rates" },
      $__range: { label: '$__range', description: 'The whole time range' },
    } as Record<string, { label: string; description: string }>,
    customWindow: (text: string) => `Look back ${text}`,
    customName: (text: string) => `Use ${text}`,
  },

  measure,
  level,
  format,

  help: {
    title: 'Examples',
    intro: 'Click an example to use it.',
    examples: {
      overall: 'How well all users are served, over time',
      ranking: 'What to fix first: the impact of each flow',
      slis: 'The score of each SLI, over the last hour',
      alert: 'The newest score of each flow, for an alert rule',
      table: 'Every SLI with every measure',
      coverage: 'How much of the telemetry is there',
    },
  },

  variable: {
    kind: 'List',
    kindTooltip: 'What the variable can be set to.',
    kinds: {
      flows: { label: 'Flows', description: 'The names of the flows' },
      slis: { label: 'SLIs', description: 'The names of the SLIs' },
      components: { label: 'Components', description: 'The components that SLIs speak for' },
    } as Record<VariableKind, { label: string; description: string }>,
    flowsTooltip: 'Only those of these flows. None stands for all.',
  },

  config: {
    store: 'Store',
    storeType: 'Store type',
    storeTypeTooltip: 'What speaks the Prometheus API at that address. Leave it open to have it detected.',
    storeTypeDetected: 'detected',
    scrapeInterval: 'Scrape interval',
    scrapeIntervalTooltip: 'How often the store gets new samples, such as 15s. A catalog may state its own.',
    method: 'HTTP method',
    methodTooltip: 'POST allows longer queries; GET is for stores and proxies that refuse POST.',
    timeout: 'Query timeout',
    timeoutTooltip: 'Bounds a request with all of its queries, such as 1m.',
    parameters: 'Custom query parameters',
    parametersTooltip: 'Added to every request to the store.',
    parametersPlaceholder: 'name=value&name=value',
    concurrency: 'Concurrency',
    concurrencyTooltip: "How many requests to the store may be under way at the same time. Empty for Grafana's limit.",
    notDuration: 'Write a duration such as 15s, 1m or 1h30m.',
    readOnly: 'This data source was provisioned: its settings can be looked at here, and changed in its file.',
  },

  definition: {
    title: 'Catalog',
    intro:
      'The flows of your users, their SLIs and their weights, as cer/v1 YAML. Everyone who may see the data source can read it.',
    editor: 'Definition of the catalog, YAML',
    starter: 'Start from an example',
    tooLong: (size: number, max: number) =>
      `The definition has ${Math.ceil(size / 1024)} KiB, and the settings hold ${max / 1024} KiB at most. Shorten it, or keep it in several data sources.`,
    notSaved: 'The catalog is checked as you type once the data source has been saved (Save & test).',
    failed: (fault: string) => `The catalog could not be checked: ${fault}`,
    checking: 'Checking…',
    valid: 'The definition is valid.',
    problems: (errors: number, warnings: number) =>
      [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')].filter(Boolean).join(', '),
    issues: 'Issues of the definition',
    issue: ({ warning, line, column, path, message }: Issue) =>
      [
        warning ? 'Warning' : 'Error',
        line > 0 && `, line ${line}, column ${column}`,
        path && `, ${path}`,
        `: ${message}`,
      ]
        .filter(Boolean)
        .join(''),
    storeFault: (fault: string) => `Whether the selectors match anything is not known: ${fault}`,
  },

  list: {
    title: 'What it says',
    empty: 'The flows of the catalog show here once it is valid.',
    stale: 'As it was when it was last valid.',
    summary: (flows: number, slis: number) => `${plural(flows, 'flow')}, ${plural(slis, 'SLI')}`,
    flows: 'Flows of the catalog',
    slis: (flow: string) => `SLIs of ${flow}`,
    share: (name: string, share: string) => `${name} has ${share} of the weight`,
    key: 'key',
    keyTooltip: "The flow's score is never above this SLI's.",
    unmatched: (selector: string) => `Nothing in the last 24 hours matches ${selector}`,
    untrusted: (selector: string) => `Only series that are not trusted match ${selector}`,
  },
} as const;
