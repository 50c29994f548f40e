// Every string that users see.

import { CatalogPlace, ExpansionOf, Format, Issue, Level, Measure, VariableKind } from './types';

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
  score: { label: 'Score', description: 'How well users are served, from 0 to 1' },
  value: { label: 'Value', description: 'What an SLI measures, in its own unit' },
  impact: { label: 'Impact', description: 'How much the overall score would gain if this scored 1' },
  coverage: { label: 'Coverage', description: 'The share of the weight that has telemetry' },
  weight: { label: 'Weight', description: 'The share of the total weight' },
  traffic: { label: 'Traffic', description: 'Events per second' },
  lag: { label: 'Lag', description: "The age of an SLI's newest sample" },
  budget: { label: 'Error budget', description: 'The share of the error budget that is left' },
  burn: { label: 'Burn rate', description: 'How fast the error budget is spent; 1 spends it within its period' },
  exhaustion: { label: 'Time to exhaustion', description: 'How long the error budget lasts at the current burn rate' },
  state: { label: 'State', description: 'What the policies decide: ok, ticket or page' },
  revenueAtRisk: { label: 'Revenue at risk', description: 'The revenue per hour that the score says is being lost' },
  cost: { label: 'Cost', description: 'What 1,000 good requests cost' },
};

const level: Record<Level, { label: string; description: string }> = {
  overall: { label: 'Overall', description: 'One number for all flows, or for the selected ones' },
  flow: { label: 'Flow', description: 'One number per flow' },
  component: { label: 'Component', description: 'One number per component of each flow, such as latency' },
  sli: { label: 'SLI', description: 'One number per SLI' },
};

const format: Record<Format, { label: string; description: string }> = {
  timeseries: { label: 'Time series', description: 'One number per point in time' },
  latest: { label: 'Latest', description: 'The most recent number, for stat panels and alert rules' },
  table: { label: 'Table', description: 'One row per flow or SLI, with every measure' },
  summary: { label: 'Summary', description: 'A sentence on what changed over the range, and why' },
  incidents: {
    label: 'Incidents',
    description: 'One row per incident: when, how bad, and by what; also for annotations',
  },
  events: { label: 'Events', description: "The catalog's events, such as deployments; also for annotations" },
  definition: { label: 'Definition', description: 'The PromQL sent to the store, and what each query is for' },
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
    lag: 'telemetry lag',
    budget: 'error budget left',
    burn: 'burn rate',
    exhaustion: 'time to exhaustion of the error budget',
    state: 'state',
    revenueAtRisk: 'revenue at risk',
    cost: 'cost of 1,000 good requests',
  } as Record<Measure, string>,

  sentence: {
    whole: (shown: string, looking: string) => `${shown}${looking && `, ${looking}`}.`,
    timeseries: (measure: string, whose: string) => `The ${measure} of ${whose} over time`,
    latest: (measure: string, whose: string) => `The latest ${measure} of ${whose}`,
    table: (whose: string) => `A table with every measure of ${whose}`,
    budgets: (whose: string) => `A table with the score, burn rate and error budget of ${whose}`,
    states: (whose: string) => `A table with the state, score, burn rate and error budget of ${whose}`,
    incidents: (whose: string) => `The incidents of ${whose}`,
    definition: (measure: string, whose: string) => `The PromQL behind the ${measure} of ${whose}`,
    summary: (whose: string) => `A sentence on how the score of ${whose} changed`,
    events: 'The events of the catalog',
    by: (dimensions: string) => `, by ${dimensions}`,
    where: (dimension: string, cohorts: string) => `${dimension} ${cohorts}`,
    only: (cohorts: string) => ` (${cohorts} only)`,
    worst: (n: number) => `, only the worst ${n === 1 ? 'one' : n}`,
    worstOfEach: (n: number) => `, only the worst ${n === 1 ? 'one' : n} of each flow`,
    policies: 'as the policies decide',
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
    onlyComponents: (components: string) => ` (${components} only)`,
    counted: (window?: string) => `losses added up over ${window ?? "the catalog's budget window"}`,
    ownWindow: 'each SLI looking back as far as the catalog says',
    window: (window: string) => `each SLI looking back ${window}`,
    kept: (window: string) => `what was not lost over ${window}`,
  },

  intervals: {
    $__interval: 'each SLI looking back to the previous point',
    $__rate_interval: "each SLI looking back over Grafana's rate interval",
    $__range: 'each SLI looking back over the whole time range',
  } as Record<string, string>,

  query: {
    measure: 'Measure',
    measureTooltip: 'The number to show.',
    measureInTable: 'What the table shows beside the score.',
    measureOfIncidents: 'Incidents are made of states.',
    tables: {
      score: { label: 'Every measure', description: 'Score, impact, value, coverage, weight, traffic and lag, now' },
      budget: { label: 'Error budget', description: 'Score, burn rate, error budget and time to exhaustion' },
      state: { label: 'State', description: 'State with its policies, score, burn rate and error budget' },
    } as Record<string, { label: string; description: string }>,
    measureInSummary: 'A summary is about the score.',
    measureOfEvents: 'Events have no measure.',
    level: 'Level',
    levelTooltip: 'What each number stands for. Levels without this measure are disabled.',
    flows: 'Flows',
    flowsTooltip: 'The user journeys to include. Leave empty for all.',
    slis: 'SLIs',
    slisTooltip: 'Indicators, by name or as flow/sli. Leave empty for all SLIs of the flows.',
    slisNeedLevel: 'SLIs can be selected at the SLI level.',
    components: 'Components',
    componentsTooltip: 'The aspects of reliability that SLIs measure. Leave empty for all.',
    componentsOfShares: 'For impact, weight and tables, components can be selected at the Component and SLI levels.',
    ofEvents: 'Events are those of the whole catalog.',
    componentsOfMoney: 'Money has no components.',
    componentsOfPolicies: 'States are those of all components.',
    componentsOfTraffic: 'Traffic has no components; they can be selected at the SLI level.',
    by: 'Split by',
    byTooltip: 'Dimensions, such as region, and labels of flows: one number for each of their values.',
    byNothing: 'nothing',
    where: (name: string) => `Where ${name}`,
    adhocFilters: 'Filters',
    adhocFiltersTooltip: 'Ad hoc filters that this query states by itself. Those of the dashboard apply as well.',
    removeFilter: (filter: string) => `Remove the filter ${filter}`,
    whereTooltip: (name: string) => `The values of ${name} to include. Leave empty for all.`,
    window: 'Window',
    windowTooltip:
      "How far back each SLI looks: a duration up to 1d, one of Grafana's intervals, or auto for the catalog's window.",
    windowOrLonger:
      "How far back each SLI looks: a duration up to 1d, one of Grafana's intervals, or auto for the catalog's window. Up to 90d it is what was not lost, as budgets count it.",
    windowOfBurn: 'How far back losses are added up: whole slices of the catalog, such as 1h. auto is 1h.',
    windowOfBudget: "The catalog's budget window applies.",
    windowOfPolicies: 'The windows of the policies apply.',
    worst: 'Only worst',
    worstTooltip:
      'How many to show of each flow, or of the flows: those that need attention most. Leave empty for all.',
    worstNeedsRank: 'At the levels below Overall, those with the worst numbers can be shown only.',
    format: 'Format',
    formatTooltip: 'The shape of the result. Use Latest in alert rules.',
    legend: 'Legend',
    legendTooltip: (labels: string[]) =>
      labels.length > 0
        ? `A template with ${labels.join(', ')}. Leave empty for an automatic legend.`
        : 'Any text. Leave empty for an automatic legend.',
    legendOfSeries: 'The formats Time series and Latest have a legend.',
    legendPlaceholder: 'automatic',
    all: 'all',
    unknownName: (name: string) => `${name} (not in the catalog)`,
    shows: 'Shows',
    catalogFault: (fault: string) => `Names can't be suggested because the catalog can't be read: ${fault}`,
    promql: 'PromQL',
    showPromQL: 'Show the PromQL behind it',
    hidePromQL: 'Hide the PromQL',
    promqlNote: (window: string) => `over ${window}`,
    promqlOf: {
      event: (name: string) => `Event ${name}`,
      maintenance: (name: string) => `Maintenance ${name}`,
      weight: (name: string) => `Weight of ${name}`,
      money: (name: string) => `Revenue or cost of ${name}`,
    } as Record<ExpansionOf, (name: string) => string>,
    promqlMerged: 'Sent together as',
    promqlLoading: 'Loading the PromQL…',
    promqlNone: 'This query sends nothing to the store.',
    windows: {
      auto: { label: 'auto', description: "The catalog's window, or longer where a long range would have gaps" },
      $__interval: { label: '$__interval', description: 'From one point of the panel to the next' },
      $__rate_interval: {
        label: '$__rate_interval',
        description: "Grafana's interval for rates: at least four scrapes",
      },
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
      alert: 'The latest score of each flow, for an alert rule',
      table: 'Every SLI with every measure',
      coverage: 'How much of the telemetry is available',
      summary: 'What changed over the time range, and why',
      state: 'Which flows need somebody right now',
      incidents: 'When somebody was needed, since when, and why',
      budget: 'How much of the error budget of each flow is left',
      split: (dimension: string) => `The score of each flow, for each ${dimension}`,
      cohort: (dimension: string, value: string) => `The score of each flow where ${dimension} is ${value}`,
    },
    variables:
      'Dashboard variables of this data source list flows, SLIs, components, dimensions and cohorts; write them in the place of names, such as $flow. Ad hoc filters work on dimensions and labels of flows.',
  },

  variable: {
    kind: 'List',
    kindTooltip: 'What the variable lists.',
    kinds: {
      flows: { label: 'Flows', description: 'The names of the flows' },
      slis: { label: 'SLIs', description: 'The names of the SLIs' },
      components: { label: 'Components', description: 'The components that SLIs measure' },
      dimensions: { label: 'Dimensions', description: 'What a query can split by: dimensions and labels of flows' },
      cohorts: { label: 'Cohorts', description: 'The values of a dimension, such as region, or of a label of flows' },
    } as Record<VariableKind, { label: string; description: string }>,
    dimension: 'Dimension',
    dimensionTooltip: 'The dimension or label of flows whose values the variable lists.',
    flowsTooltip: 'Only list those of these flows. Leave empty for all.',
  },

  config: {
    store: 'Store',
    storeType: 'Store type',
    storeTypeTooltip: 'Which Prometheus-compatible store answers at the URL. Leave empty to detect it.',
    storeTypeDetected: 'detected',
    scrapeInterval: 'Scrape interval',
    scrapeIntervalTooltip: 'How often metrics are scraped, such as 15s. A catalog can set its own.',
    method: 'HTTP method',
    methodTooltip: 'POST allows longer queries; use GET for stores and proxies that refuse POST.',
    timeout: 'Query timeout',
    timeoutTooltip: 'How long a request with all of its queries may take, such as 1m.',
    parameters: 'Custom query parameters',
    parametersTooltip: 'Added to every request to the store.',
    parametersPlaceholder: 'name=value&name=value',
    concurrency: 'Concurrency',
    concurrencyTooltip:
      "How many requests to the store may run at the same time. A quarter of them is kept for alert rules. Leave empty for Grafana's limit.",
    cache: 'Memory for points, MiB',
    cacheTooltip:
      'Points that were read from the store are kept, so that a refresh only asks for new ones. 0 keeps none. Leave empty for 256.',
    overlap: 'Late samples',
    overlapTooltip: 'How late samples may reach the store. What is kept of that time is asked for again.',
    maxSeries: 'Series per request',
    maxSeriesTooltip: 'How many series one request to the store may bring. Leave empty for 20000.',
    queryBytes: 'Memory per query, MiB',
    queryBytesTooltip:
      "How much memory the store's answers to one query may take. What outgrows it is refused. Leave empty for 256.",
    notDuration: 'Enter a duration such as 15s, 1m or 1h30m.',
    readOnly: 'This data source was provisioned. You can view its settings here; change them in its provisioning file.',
  },

  definition: {
    title: 'Catalog',
    intro:
      "Your users' flows with their SLIs and weights, as cer/v1 YAML. Everyone with access to the data source can read it.",
    editor: 'Definition of the catalog, YAML',
    starter: 'Start from an example',
    tooLong: (size: number, max: number) =>
      `The definition is ${Math.ceil(size / 1024)} KiB long, but the settings hold ${max / 1024} KiB at most. Shorten it, or split it across several data sources.`,
    notSaved: 'Save the data source (Save & test) to have the catalog checked as you type.',
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
    storeFault: (fault: string) => `Could not check whether the selectors match anything: ${fault}`,
  },

  catalogPlace: {
    label: 'Where it is defined',
    places: {
      here: { label: 'Here', description: 'As YAML in the settings of this data source' },
      folder: { label: "Operator's folder", description: "In a folder that Grafana's operator allows" },
    } as Record<CatalogPlace, { label: string; description: string }>,
    folderIntro:
      "Catalogs in this folder aren't sent to browsers. Changes to their files take effect within half a minute; Save & test reads them right away.",
    name: 'Catalog',
    nameTooltip: 'The metadata.name of a catalog in the folder.',
    namePlaceholder: 'name of a catalog',
    empty: 'The folder has no catalog for this organization.',
    unknown: (name: string) => `${name} (not in the folder)`,
    noFolder:
      "This Grafana has no folder of catalogs. Its operator can set definitions_path in Grafana's configuration.",
    notListed: (fault: string) => `The catalogs could not be listed, so write the name: ${fault}`,
    notShown: (fault: string) => `The catalog of the saved data source can't be shown: ${fault}`,
    notSaved: 'Save the data source (Save & test) to see this catalog here.',
    both: (catalog: string) =>
      `The settings have a definition and also name the catalog ${catalog}. Choose one of the two.`,
  },

  whatIf: {
    show: 'What if the weights were different?',
    hide: 'Hide what-if',
    intro:
      'Change weights, or the definition, to compare the scores of right now with those of the saved catalog. Nothing is saved.',
    weights: 'Weights',
    weight: (name: string) => `Weight of ${name}`,
    was: (weight: number) => `was ${weight}`,
    outcome: 'What would change',
    asking: 'Computing…',
    failed: (fault: string) => `The scores could not be computed: ${fault}`,
    notices: 'About these scores',
    scores: 'Scores',
    of: 'Score',
    now: 'Saved',
    then: 'Then',
    change: 'Change',
    overall: 'Overall',
    score: (score: number | null) => (score === null ? 'no score' : `${(100 * score).toFixed(2)} %`),
    points: (change: number | null) => {
      const points = change === null ? NaN : Number((100 * change).toFixed(2));
      return isNaN(points) ? '' : points === 0 ? 'none' : `${points > 0 ? '+' : ''}${points.toFixed(2)} points`;
    },
    firstNow: 'What to fix first',
    firstThen: 'What to fix first then',
    nothingFirst: 'Fixing any one SLI alone would gain nothing.',
    invalid: 'What if waits until the definition is valid.',
    weightBy: { traffic: '× traffic', promql: 'while its PromQL has no data' },
    impact: (name: string, impact: number) => `${name}: +${(100 * impact).toFixed(2)} points`,
    takeOver: 'Take over into the definition',
    discard: 'Discard',
  },

  list: {
    title: 'Catalog preview',
    empty: 'The flows of the catalog appear here once the definition is valid.',
    stale: 'From the last valid definition.',
    summary: (flows: number, slis: number) => `${plural(flows, 'flow')}, ${plural(slis, 'SLI')}`,
    flows: 'Flows of the catalog',
    slis: (flow: string) => `SLIs of ${flow}`,
    share: (name: string, share: string) => `${name} has ${share} of the weight`,
    key: 'key',
    keyTooltip: "The flow's score can't be higher than this SLI's.",
    traffic: 'by traffic',
    trafficTooltip: "The weight is multiplied by the flow's traffic, so the share moves with it.",
    promql: 'by PromQL',
    promqlTooltip: 'The weight follows PromQL, so the share moves with it.',
    fallback: (kind: string) => `else ${kind}`,
    fallbackTooltip: (kind: string) => `While its telemetry is missing, a ${kind} speaks for this SLI.`,
    missing: {
      bad: { label: 'bad if missing', description: 'Scores 0 while its telemetry is missing.' },
      good: { label: 'good if missing', description: 'Scores 1 while its telemetry is missing.' },
      hold: { label: 'held if missing', description: 'Keeps its last score for a while when telemetry is missing.' },
      error: { label: 'must not be missing', description: 'Without its telemetry the flow has no score.' },
    } as Record<string, { label: string; description: string }>,
    dimensions: 'Dimensions of the catalog',
    dimension: 'Users are told apart by',
    onLabel: (label: string) => `label ${label}`,
    value: (value: string, weight?: number) => (weight === undefined ? value : `${value} (weight ${weight})`),
    seen: 'the values in the store',
    flowLabels: (names: string) => `Flows have the labels ${names}.`,
    unmatchedSum: (n: number) => `${plural(n, 'selector')} below ${n === 1 ? 'matches' : 'match'} no trusted series.`,
    unmatched: (selector: string) => `Nothing in the last 24 hours matches ${selector}`,
    untrusted: (selector: string) => `Only untrusted series match ${selector}`,
  },
} as const;
