import { DataQuery, DataSourceJsonData } from '@grafana/data';
import table from './measures.gen.json';

/** Whose number it is. */
export const LEVELS = ['overall', 'flow', 'component', 'sli'] as const;
/** The shapes of an answer. */
export const FORMATS = [
  'timeseries',
  'latest',
  'table',
  'summary',
  'incidents',
  'events',
  'gate',
  'graph',
  'exemplars',
  'definition',
] as const;

/** The number that a query asks for: a row of the backend's table. */
export type Measure = keyof typeof table.measures;
export type Level = (typeof LEVELS)[number];
export type Format = (typeof FORMATS)[number];

/** A query as it is saved in dashboards and alert rules. The backend fills in what is left out. */
export interface CerQuery extends DataQuery {
  measure?: Measure;
  level?: Level;
  /** Names, or dashboard variables such as $flow; none stands for all. */
  flows?: string[];
  /** Names of SLIs, by themselves or as flow/sli. */
  slis?: string[];
  components?: string[];
  /** Dimensions and labels of flows to split by; states can also be split by policy. */
  by?: string[];
  /** Which of owner, runbook, title and the labels of flows are added to the labels of the answer. */
  labels?: string[];
  /** The cohorts to keep, by dimension or label of flows; an empty list stands for all. */
  where?: Record<string, string[]>;
  /** Ad hoc filters: those that the query states by itself and, when it is asked, those of the dashboard. All of them hold. */
  adhocFilters?: AdhocFilter[];
  /** A duration, auto, or one of Grafana's intervals such as $__rate_interval. */
  window?: string;
  format?: Format;
  /** How many members to keep, those that need attention most; all without it. */
  worst?: number;
  /** A template over labels, such as {{flow}}; empty for an automatic one. */
  legend?: string;
  /** The gate whose verdict is asked for. */
  gate?: string;
  /** The cohorts that the gate compares; left out, those that the gate states. */
  candidate?: string;
  baseline?: string;
  /** When the candidate started: a time, event:NAME for the newest run of an event; left out, the start of the range. */
  since?: string;
  /** The quantiles to show, between 0 and 1, such as 0.95 for p95; left out, p50, p95 and p99. */
  q?: number[];
}

/** A filter on a dimension or a label of flows; the operator is =, !=, =~ or !~. */
export interface AdhocFilter {
  key: string;
  operator: string;
  value: string;
}

/** A query with nothing left out. */
export type CompleteQuery = CerQuery &
  Required<
    Pick<
      CerQuery,
      'measure' | 'level' | 'flows' | 'slis' | 'components' | 'by' | 'where' | 'window' | 'format' | 'legend'
    >
  >;

/** What a query variable lists. */
export const VARIABLE_KINDS = ['flows', 'slis', 'components', 'dimensions', 'cohorts', 'gates'] as const;
export type VariableKind = (typeof VARIABLE_KINDS)[number];

/** The query of a dashboard variable. */
export interface CerVariableQuery extends DataQuery {
  kind: VariableKind;
  /** The flows whose SLIs or components are listed; none stands for all. */
  flows?: string[];
  /** The dimension, or the label of flows, whose values are listed. */
  dimension?: string;
  /** The gate whose flows are listed, or of dimensions the one that it compares. */
  gate?: string;
}

/** The data source's jsonData, with the names of Grafana's Prometheus data source where it has them. */
export interface CerOptions extends DataSourceJsonData {
  /** The catalog as cer/v1 YAML. */
  definition?: string;
  /** The name of a catalog of the folder on the server, in the place of a definition. */
  catalog?: string;
  httpMethod?: string;
  queryTimeout?: string;
  timeInterval?: string;
  customQueryParameters?: string;
  prometheusType?: string;
  concurrency?: number;
  /** How many bytes the points may take that are kept in memory; 0 keeps none. */
  cacheBytes?: number;
  /** How long samples may be late. */
  cacheOverlap?: string;
  /** How many series one request to the store may bring. */
  maxSeries?: number;
  /** How many bytes of memory the answers to one query may take. */
  queryBytes?: number;
  /** Where the traces of exemplars are shown. */
  exemplarTraceIdDestinations?: TraceDestination[];
}

/** Where a trace is shown: in another data source, or at an address. */
export interface TraceDestination {
  /** The label of exemplars that contains the trace ID. */
  name: string;
  datasourceUid?: string;
  /** A URL with ${__value.raw} in place of the ID. */
  url?: string;
  /** The text of the link. */
  urlDisplayLabel?: string;
}

/** Where the catalog comes from. */
export const CATALOG_PLACES = ['here', 'folder'] as const;
export type CatalogPlace = (typeof CATALOG_PLACES)[number];

/** The answer of GET catalogs. */
export interface Catalogs {
  /** Whether the operator allows a folder of catalogs. */
  folder: boolean;
  /** The names of those that the data source may use. */
  catalogs: string[];
}

/** The answer of GET catalog. */
export interface Catalog {
  name: string;
  revision: string;
  window: string;
  aggregate: string;
  objective?: number;
  flows: Flow[];
  components: string[];
  /** Those that queries can split by and filter. */
  dimensions: Dimension[];
  /** The labels of flows, which queries can split by and filter too. */
  flowLabels: string[];
  events: CatalogEvent[];
  gates: Gate[];
}

/** Something that happens, such as deployments. */
export interface CatalogEvent {
  name: string;
  kind: string;
}

/** What says whether a release may go on. */
export interface Gate {
  name: string;
  /** The names of the flows that it is about. */
  flows: string[];
  /** What it compares, if it does; who asks names the candidate and the baseline that it leaves out. */
  compare?: { dimension: string; candidate?: string; baseline?: string };
}

/** What users can be told apart by, such as their region. */
export interface Dimension {
  name: string;
  label: string;
  /** The values that the catalog names. */
  values: string[];
  weights?: Record<string, number>;
}

export interface Flow {
  name: string;
  title?: string;
  description?: string;
  owner?: string;
  runbook?: string;
  weight: number;
  /** What the weight follows where it is not fixed. */
  weightBy?: 'traffic' | 'promql';
  /** Of all flows' weight, in [0,1]. */
  share: number;
  objective?: number;
  slis: Sli[];
}

export interface Sli {
  name: string;
  title?: string;
  description?: string;
  component: string;
  kind: string;
  weight: number;
  /** Of its flow's weight, in [0,1]. */
  share: number;
  key?: boolean;
  objective?: number;
  window: string;
  /** The kind of what speaks for the SLI while it is missing. */
  fallback?: string;
  /** What becomes of the score of one that is missing. */
  missing?: 'ignore' | 'bad' | 'good' | 'hold' | 'error';
}

/** Something that is wrong with a definition, or doubtful about it. Line and column count from 1; 0 is unknown. */
export interface Issue {
  line: number;
  column: number;
  path?: string;
  text?: string;
  message: string;
  warning?: boolean;
  /** It is no fault: what could be there and is not. */
  hint?: boolean;
}

/** A selector of the catalog that matches no series. */
export interface Unmatched {
  flow: string;
  sli: string;
  selector: string;
  /** Without the trusted matchers it would match. */
  untrusted?: boolean;
  /** Which part of it to check: a clause without a full stop. */
  advice?: string;
}

/** The answer of POST validate. */
export interface Validation {
  valid: boolean;
  catalog?: Catalog;
  issues: Issue[];
  unmatched: Unmatched[];
  /** Why nobody knows which selectors match. */
  storeError?: string;
}

/** A file of another tool. */
export interface ImportSource {
  name: string;
  content: string;
}

/** The answer of POST import. */
export interface ImportAnswer {
  /** The YAML of the catalog; empty where nothing could be imported. */
  definition: string;
  flows: number;
  slis: number;
  issues: ImportIssue[];
}

/** What of a file is in the catalog in another way (a warning), or not at all (an error). */
export interface ImportIssue extends Omit<Issue, 'warning'> {
  file: string;
  severity: 'error' | 'warning';
}

/** The answer of POST whatif: what the catalog says now, and what it would say then. */
export interface WhatIf {
  at: string;
  now: Outcome;
  then: Outcome;
  /** What there is to know of the scores, such as what the store warns of. */
  notices: Notice[];
}

/** A notice on an answer. */
export interface Notice {
  severity: 'info' | 'warning' | 'error';
  text: string;
}

/** What a catalog says at an instant; null where there is no number. */
export interface Outcome {
  revision: string;
  score: number | null;
  coverage: number | null;
  flows: Standing[];
  /** In the order of what to fix first. */
  slis: Standing[];
}

/** How a flow or an SLI stands. */
export interface Standing {
  flow: string;
  sli?: string;
  weight: number;
  share: number | null;
  score: number | null;
  impact: number | null;
}

/** What else than SLIs PromQL is read for. */
export type ExpansionOf = 'event' | 'maintenance' | 'weight' | 'money';

/** The PromQL behind an SLI, or behind what is read beside SLIs: an answer of POST expand. */
export interface Expansion {
  flow?: string;
  sli?: string;
  of?: ExpansionOf;
  /** Whose event, maintenance, weight or money it is. */
  name?: string;
  /** How far back an SLI looks. */
  window?: string;
  formula: string;
  /** The expressions of the formula, and for those that are merged with others the request that is sent. */
  queries: Array<{ name: string; promql: string; request?: string }>;
}
