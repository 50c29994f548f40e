// The strings that users see in the settings of the data source.

import { Secrets } from './flow/takeOver';
import { Incident } from './flow/calibration';
import { DraftKind, Lost } from './flow/draft';
import { rate } from './flow/preview';
import { percent } from './flow/settings';
import { plural } from './plural';
import { CatalogPlace, Issue } from './types';

export const settingsLabels = {
  connection: {
    title: 'Connection',
    url: 'URL',
    urlTooltip: "The address of a Prometheus-compatible store, as Grafana's server reaches it.",
    from: 'Same as data source',
    fromTooltip: 'Copies the URL and the query settings from a Prometheus data source. Secrets are not copied.',
    fromPlaceholder: 'Choose a Prometheus data source',
    notRead: (name: string, fault: string) =>
      `The URL and the authentication of ${name} can't be read (${fault}). Its query settings were copied; enter the URL yourself.`,
    taken: (name: string, { password, tls, headers }: Secrets) => {
      const secrets = [
        password && 'the password',
        tls && 'the TLS certificates and keys',
        headers.length > 0 && `the value of ${headers.join(', ')}`,
      ].filter(Boolean);
      return `The URL and the query settings were copied from ${name}.${secrets.length > 0 ? ` Under Authentication, enter ${secrets.join(' and ')} again.` : ''}`;
    },
  },

  config: {
    auth: 'Authentication, TLS and headers',
    advanced: 'Advanced settings of the store',
    store: 'Store',
    storeType: 'Store type',
    storeTypeTooltip: 'Which Prometheus-compatible store answers at the URL. Leave empty to detect it.',
    storeTypeDetected: 'Auto-detect',
    scrapeInterval: 'Scrape interval',
    scrapeIntervalTooltip: 'How often metrics are scraped, such as 15s. A catalog can set its own.',
    method: 'HTTP method',
    methodTooltip: 'POST allows longer queries; use GET for stores and proxies that refuse POST.',
    timeout: 'Query timeout',
    timeoutTooltip: 'How long the queries of a panel may take together, such as 1m.',
    parameters: 'Custom query parameters',
    parametersTooltip: 'Added to each request to the store.',
    parametersPlaceholder: 'name=value&name=value',
    concurrency: 'Concurrency',
    concurrencyTooltip:
      "How many requests to the store may run at the same time. A quarter of them is reserved for alert rules. Leave empty for Grafana's limit.",
    cache: 'Cache size (MiB)',
    cacheTooltip:
      'Points read from the store are cached, so a refresh only asks for new ones. 0 turns the cache off. Leave empty for 256.',
    overlap: 'Out-of-order overlap',
    overlapTooltip: 'How late samples may arrive in the store. Cached points that recent are asked for again.',
    maxSeries: 'Series per request',
    maxSeriesTooltip: 'How many series one request to the store may return. Leave empty for 20000.',
    queryBytes: 'Memory per query (MiB)',
    queryBytesTooltip:
      "How much memory the store's answers to one query may take. A query that needs more fails. Leave empty for 256.",
    notDuration: 'Enter a duration such as 15s, 1m or 1h30m.',
    readOnly: 'This data source was provisioned. You can view its settings here; change them in its provisioning file.',
  },

  exemplars: {
    title: 'Exemplars',
    intro:
      'Links trace IDs in a label of exemplars to a data source or a URL. Without destinations, trace IDs are shown without links.',
    add: 'Add a destination',
    remove: (n: number) => `Remove destination ${n}`,
    destination: (n: number) => `Destination ${n}`,
    internal: 'Internal link',
    internalTooltip: 'Open traces in a data source of this Grafana instead of a URL.',
    source: 'Trace data source',
    sourceTooltip: 'The data source that stores the traces, such as Tempo, Jaeger or Zipkin.',
    sourcePlaceholder: 'Choose a trace data source',
    url: 'URL',
    urlTooltip: 'The URL of a trace, with ${__value.raw} in place of its ID.',
    urlPlaceholder: 'https://traces.example.com/${__value.raw}',
    urlLabel: 'URL label',
    urlLabelTooltip: 'The text of the link. Leave empty for an automatic one.',
    urlLabelPlaceholder: 'automatic',
    name: 'Label name',
    nameTooltip: 'The label of exemplars that contains the trace ID, such as trace_id.',
  },

  definition: {
    title: 'Catalog',
    intro:
      "Your users' flows with their SLIs and weights, as cer/v1 YAML. Everyone with access to the data source can read it.",
    editor: 'Catalog, YAML',
    starter: 'Start from an example',
    tooLong: (size: number, max: number) =>
      `The catalog is ${Math.ceil(size / 1024)} KiB long, but the settings hold ${max / 1024} KiB at most. Shorten it, or split it across several data sources.`,
    notSaved: 'Save the data source (Save & test) to have the catalog checked as you type.',
    failed: (fault: string) => `The catalog could not be checked: ${fault}`,
    checking: 'Checking…',
    valid: 'The catalog is valid.',
    problems: (errors: number, warnings: number) =>
      [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')].filter(Boolean).join(', '),
    issues: 'Issues in the catalog',
    issue: ({ hint, warning, line, column, path, message }: Issue) =>
      [
        hint ? 'Hint' : warning ? 'Warning' : 'Error',
        line > 0 && `, line ${line}, column ${column}`,
        path && `, ${path}`,
        `: ${message}`,
      ]
        .filter(Boolean)
        .join(''),
    storeFault: (fault: string) => `Could not check whether the selectors match anything: ${fault}`,
  },

  preview: {
    value: (value: string) => `value ${value}`,
    score: (score: string) => `score ${score}`,
    noScore: 'score unknown',
    traffic: (perSecond: number) => `${rate(perSecond)}`,
    history: (name: string, span: string) => `Scores of ${name} over the last ${span}`,
    kept: (span: string, known: number, kept: string) =>
      `${span}${known < 1 ? ` (${percent(known)} with telemetry)` : ''}: ${kept}`,
    keeps: (objective?: number) =>
      objective === undefined ? 'meets no usual objective' : `meets ${percent(objective, 2)}`,
    missed: (objective: number, tightest?: number) =>
      `misses its ${percent(objective, 2)} objective${tightest === undefined ? '' : `, meets ${percent(tightest, 2)}`}`,
    failed: (fault: string) => `The preview failed: ${fault}`,
    ask: (flow: string) => `Show what ${flow} measures`,
    asking: 'Asking the store…',
  },

  discover: {
    show: 'Propose a catalog from the store',
    intro:
      'Recognises well-known exporters by their metrics. Choose the services that matter to users: each becomes a flow. Nothing is saved.',
    asking: 'Asking the store what it has…',
    search: 'Search services and exporters',
    found: 'Recognised in the store',
    nothingFound: 'No recognised service or exporter has this name.',
    byPreset: (name: string) => `recognised by the preset ${name}`,
    component: 'component: its SLIs are added to a flow',
    more: (n: number) => `and ${n} more ${n === 1 ? 'service' : 'services'} with less traffic`,
    traffic: (perSecond: number, share: number | null) =>
      `${rate(perSecond)}${share === null ? '' : ` (${percent(share)})`}`,
    lastHour: (service: string) => `Events of ${service} in the last hour`,
    flowOf: (service: string) => `Flow of ${service}`,
    ownFlow: 'A flow of its own',
    inFlow: (flow: string) => `In the flow ${flow}`,
    submit: 'Put into the editor',
    again: 'Choose again',
    replace: 'Put into the editor, and replace the catalog there',
    failed: (fault: string) => `The store could not be asked: ${fault}`,
    done: (flows: number, slis: number) =>
      `${plural(flows, 'flow')} with ${plural(slis, 'SLI')} ${flows === 1 ? 'is' : 'are'} in the editor. Look at the preview, then Save & test.`,
  },

  dashboards: {
    title: 'Dashboards',
    explanation:
      'Dashboards that work with any catalog. The links of series and tables, in Explore and your own panels too, open cer debug: they work once it is imported. The dashboards are imported into the folder General. Importing them again overwrites your changes to them: save a changed dashboard under another name first.',
    import: 'Import dashboards',
    imported: 'Imported dashboards',
    failed: (fault: string) => `The dashboards could not be imported: ${fault}`,
  },

  addFlow: { show: 'Add a flow' },
  addSli: { show: 'Add an SLI' },

  draft: {
    flow: 'Flow',
    flowName: 'Name of the flow',
    flowNameHelp: 'A journey of your users, such as checkout. Letters, digits, _ and -.',
    flowTitle: 'Title, as people read it (optional)',
    kind: 'Kind',
    kinds: {
      ratio: {
        label: 'Share of good events',
        description: 'A counter whose series include bad events, such as errors',
      },
      latency: { label: 'Share of fast events', description: 'A histogram of durations, and a bound' },
      probe: { label: 'Probe', description: 'A gauge that is 1 for success and 0 for failure' },
    } as Record<DraftKind, { label: string; description: string }>,
    metric: { ratio: 'Counter of events', latency: 'Histogram', probe: 'Gauge of 0 and 1' } as Record<
      DraftKind,
      string
    >,
    metricPlaceholder: 'Choose a metric',
    matchers: 'Only series where',
    bad: 'Bad events where',
    label: 'Label',
    labelPlaceholder: 'label',
    valuePlaceholder: 'value',
    operators: { '=': 'is', '!=': 'is not', '=~': 'matches the regular expression', '!~': 'does not match' },
    matcherLabel: (group: string, n: number) => `${group}: label ${n}`,
    matcherOperator: (group: string, n: number) => `${group}: operator ${n}`,
    matcherValue: (group: string, n: number) => `${group}: value ${n}`,
    removeMatcher: (group: string, n: number) => `${group}: remove ${n}`,
    addMatcher: (group: string) => `${group}: add a label`,
    under: 'Fast up to',
    underHelp: "The suggested bounds are the histogram's bucket edges, at which the share is exact.",
    name: 'Name of the SLI',
    component: 'Component',
    weight: 'Weight',
    key: 'Key SLI',
    picture: 'Preview of the SLI',
    incomplete: 'The last 6 hours of the SLI are shown here once it is complete.',
    asking: 'Asking the store…',
    failed: (fault: string) => `The preview failed: ${fault}`,
    now: (score: string, value: string, traffic: number | null) =>
      `Now: ${value && `value ${value}, `}score ${score}${traffic === null ? '' : `, ${rate(traffic)}`}.`,
    history: (name: string, hours: number) => `Scores of ${name} over the last ${hours} hours, from 0 to 100%`,
    lost: (hours: number, { share: lost, events }: Lost) =>
      `In the last ${hours} hours it would have lost ${percent(lost, 3)}${events === undefined ? '' : `, about ${Math.round(events)} events at the current traffic`}.`,
    noPlace:
      'The form cannot write into this catalog, because its spec, flows or slis is an alias or a text. In the editor, write "spec:" as a mapping, and "flows:" and "slis:" as lists, without aliases.',
    submit: 'Add to catalog',
    submitFlow: 'Add the flow to the catalog',
    done: (name: string, flow: string) => `${flow}/${name} is in the editor. It is not saved yet.`,
  },

  calibrate: {
    ask: 'Calibrate',
    of: (flow: string) => `Calibrate the objective of ${flow}`,
    backtest: 'Backtest',
    backtestOf: (flow: string) => `Backtest the policies of ${flow}`,
    asking: 'Reading the last days…',
    cancel: 'Cancel',
    failed: (fault: string) => `The last days could not be read: ${fault}`,
    objectives: (flow: string) => `Objectives of ${flow}`,
    notices: 'About these numbers',
    over: (known: number, days: number) =>
      `${known < days ? `${Number(known.toFixed(1))} days known of the last ${days}` : `The last ${days} days`}. Pages and tickets are those of the default policies.`,
    objective: 'Objective',
    stated: 'current',
    left: 'Error budget left',
    pages: 'Pages',
    tickets: 'Tickets',
    use: (objective: string) => `Set the objective to ${objective}`,
    replays: 'What the policies would have done',
    lastDays: (days: number) => `The last ${days} days`,
    saved: 'Saved',
    changed: 'In the editor',
    timeOf: 'Time in page, ticket',
    unknown: 'Unknown',
    minutes: (...minutes: number[]) => minutes.map((n) => `${Math.round(n)} min`).join(', '),
    incidents: 'Incidents',
    listOf: (name: string) => `${name}: list the incidents`,
    hideList: 'Hide the list',
    timeline: (name: string, n: number) => `${name}: ${plural(n, 'incident')}`,
    incident: ({ from, to, ongoing, severity, policies }: Incident) =>
      `${severity}, ${from} to ${ongoing ? 'now' : to}: ${policies.join(', ')}`,
  },

  imports: {
    show: 'Import from Sloth, Pyrra or OpenSLO',
    hide: 'Hide import',
    intro:
      'Converts files into a catalog in the editor: a flow for each service, an SLI for each objective, and their alerts as policies. Nothing is saved.',
    files: 'Files',
    text: 'Or paste YAML',
    recorded: 'Read the series that Sloth and Pyrra record',
    recordedHelp: 'Instead of the telemetry that these are computed from. Both tools can then run side by side.',
    submit: 'Import into the editor',
    replace: 'Import, and replace the catalog in the editor',
    failed: (fault: string) => `The files could not be imported: ${fault}`,
    nothing: 'Nothing could be imported.',
    done: (flows: number, slis: number, issues: number) =>
      `${plural(flows, 'flow')} with ${plural(slis, 'SLI')} ${flows === 1 ? 'is' : 'are'} in the editor. Nothing is saved yet.${issues > 0 ? ` ${plural(issues, 'issue')}:` : ''}`,
    issues: 'Issues of the import',
  },

  catalogPlace: {
    label: 'Source',
    places: {
      here: { label: 'This data source', description: 'As YAML in the settings' },
      folder: { label: 'Folder on the server', description: "In the folder that Grafana's configuration names" },
    } as Record<CatalogPlace, { label: string; description: string }>,
    folderIntro:
      "Catalogs in this folder aren't sent to browsers. Changes to their files take effect within half a minute; Save & test reads them right away.",
    name: 'Catalog',
    nameTooltip: 'The metadata.name of a catalog in the folder.',
    namePlaceholder: 'name of a catalog',
    empty: 'The folder has no catalog for this organization.',
    unknown: (name: string) => `${name} (not in the folder)`,
    noFolder:
      "This Grafana has no folder of catalogs. An administrator of the server can set definitions_path in Grafana's configuration.",
    notListed: (fault: string) => `The catalogs could not be listed, so write the name: ${fault}`,
    notShown: (fault: string) => `The catalog of the saved data source can't be shown: ${fault}`,
    notSaved: 'Save the data source (Save & test) to see this catalog here.',
    both: (catalog: string) =>
      `The settings contain a catalog and also name the catalog ${catalog} of the folder. Choose one of the two.`,
  },

  whatIf: {
    show: 'What if the weights were different?',
    hide: 'Hide what-if',
    intro:
      'Change weights, or the catalog in the editor, to compare the current scores with those of the saved catalog. Nothing is saved.',
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
    then: 'Changed',
    change: 'Change',
    overall: 'Overall',
    score: (score: number | null) => (score === null ? 'unknown' : `${(100 * score).toFixed(2)}%`),
    points: (change: number | null) => {
      const points = change === null ? NaN : Number((100 * change).toFixed(2));
      return isNaN(points) ? '' : `${points > 0 ? '+' : ''}${points.toFixed(2)} pp`;
    },
    firstNow: 'Biggest gains',
    firstThen: 'Biggest gains, changed',
    nothingFirst: 'No SLI alone would raise the score.',
    invalid: 'The comparison needs a valid catalog in the editor.',
    weightBy: { traffic: '× traffic', promql: 'while its PromQL has no data' },
    impact: (name: string, impact: number) => `${name}: +${(100 * impact).toFixed(2)} pp`,
    takeOver: 'Apply to catalog',
    discard: 'Discard',
  },

  list: {
    title: 'Catalog preview',
    empty: 'The flows appear here once the catalog is valid.',
    stale: 'From the last valid catalog.',
    summary: (flows: number, slis: number) => `${plural(flows, 'flow')}, ${plural(slis, 'SLI')}`,
    flows: 'Flows of the catalog',
    slis: (flow: string) => `SLIs of ${flow}`,
    share: (name: string, share: string) => `${name} has ${share} of the weight`,
    key: 'key',
    keyTooltip: "The flow's score can't be higher than this SLI's.",
    traffic: 'by traffic',
    trafficTooltip: "The weight is multiplied by the flow's traffic, so its share changes with the traffic.",
    promql: 'by PromQL',
    promqlTooltip: 'The weight is the result of PromQL, so its share changes over time.',
    fallback: (kind: string) => `fallback: ${kind}`,
    fallbackTooltip: (kind: string) => `While its telemetry is missing, a ${kind} is used instead.`,
    missing: {
      bad: { label: 'bad if missing', description: 'Scores 0% while its telemetry is missing.' },
      good: { label: 'good if missing', description: 'Scores 100% while its telemetry is missing.' },
      hold: { label: 'holds last score', description: 'Keeps its last score for a while when telemetry is missing.' },
      error: { label: 'required', description: 'While its telemetry is missing, the flow has no score.' },
    } as Record<string, { label: string; description: string }>,
    dimensions: 'Dimensions of the catalog',
    dimension: 'Dimensions',
    onLabel: (label: string) => `label ${label}`,
    value: (value: string, weight?: number) => (weight === undefined ? value : `${value} (weight ${weight})`),
    seen: 'values from the store',
    flowLabels: (names: string) => `Flows have the labels ${names}.`,
    unmatchedSum: (n: number) => `${plural(n, 'selector')} below ${n === 1 ? 'matches' : 'match'} no trusted series.`,
    unmatched: (selector: string) => `No series of the last 24 hours matches ${selector}`,
    untrusted: (selector: string) => `Only untrusted series match ${selector}`,
  },
} as const;
