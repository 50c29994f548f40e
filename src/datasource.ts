import {
  AnnotationSupport,
  CoreApp,
  DataFrame,
  DataQueryRequest,
  DataQueryResponse,
  DataSourceInstanceSettings,
  MetricFindValue,
  ScopedVars,
} from '@grafana/data';
import { DataSourceWithBackend, getDataSourceSrv, getTemplateSrv } from '@grafana/runtime';
import { map, Observable } from 'rxjs';
import { ExpandRequest } from './flow/expansion';
import { asTables } from './flow/explore';
import { adhocFilters, chosenAll, keepsAll, variableOf, withFilters } from './flow/cohorts';
import { interpolateNames, namesNothing, Replace } from './flow/names';
import { canBeAsked, defaultQuery, GATE_FIELDS, GateField, migrate } from './flow/query';
import { withPromQLLinks } from './flow/promqlLinks';
import { displayText } from './flow/sentence';
import { cohortNames, isOfGate } from './flow/together';
import { Traces, withTraceLinks } from './flow/traces';
import { isInterval } from './flow/window';
import { prometheusSource } from './hooks/prometheusSource';
import { AdhocFilter, Catalog, CerOptions, CerQuery, CompleteQuery, Expansion, TraceDestination } from './types';
import { CerVariableSupport } from './variables';

/** What annotations ask for, unless they say otherwise. */
const ANNOTATION: Partial<CerQuery> = { format: 'events' };

/** The cer data source as Grafana's frontend sees it. The backend does the work. */
export class CerDataSource extends DataSourceWithBackend<CerQuery, CerOptions> {
  /** Grafana's own support of annotations reads what the formats events and incidents answer. */
  annotations: AnnotationSupport<CerQuery> = {
    getDefaultQuery: () => ANNOTATION,
    // Grafana saves a new annotation without the query that its editor starts with.
    prepareQuery: ({ target }) => ({ refId: 'Anno', ...ANNOTATION, ...target }),
  };

  /** Where links to traces lead. */
  private destinations: TraceDestination[];

  // One parameter exactly: Grafana takes a class with another number of them for an Angular plugin.
  constructor(settings: DataSourceInstanceSettings<CerOptions>) {
    super(settings);
    this.destinations = settings.jsonData.exemplarTraceIdDestinations ?? [];
    this.variables = new CerVariableSupport(this);
  }

  /** The answers of the backend, with links to traces and from PromQL to Explore; in Explore with newest numbers as tables. */
  query(request: DataQueryRequest<CerQuery>): Observable<DataQueryResponse> {
    const shaped = (frames: DataFrame[]) => (request.app === CoreApp.Explore ? asTables(frames) : frames);
    const linked = (frames: DataFrame[]) =>
      withPromQLLinks(withTraceLinks(frames, this.traces(request)), prometheusSource(), request.range);
    return super.query(request).pipe(map((answer) => ({ ...answer, data: linked(shaped(answer.data)) })));
  }

  /** What the links to traces in the answer to a request depend on. */
  private traces({ targets, scopedVars, range, filters }: Request): Traces {
    return {
      destinations: this.destinations,
      own: { uid: this.uid, type: this.type, name: this.name },
      queries:
        this.destinations.length > 0
          ? targets.map((query) => this.applyTemplateVariables(query, scopedVars, filters))
          : [],
      range,
      nameOf: (uid) => getDataSourceSrv().getInstanceSettings(uid)?.name,
    };
  }

  /** What a new query asks. */
  getDefaultQuery(app: CoreApp): Partial<CerQuery> {
    return defaultQuery(app);
  }

  /** Whether the backend is asked at all: not where a list of names is but variables without a value. */
  filterQuery(query: CerQuery): boolean {
    const { flows, slis, components, by, where } = migrate(query);
    const lists = [flows, slis, components, by, ...Object.values(this.restricting(where, {}))];
    return canBeAsked(query) && this.namesGate(query) && !lists.some((names) => this.namesNothing(names, {}));
  }

  /** Whether a query for the verdict of a gate names one. */
  private namesGate(query: CerQuery): boolean {
    const asked = migrate(query);
    return !isOfGate(asked) || this.interpolateGate(asked, {}).gate !== undefined;
  }

  /** The query in a few words. */
  getQueryDisplayText(query: CerQuery): string {
    return displayText(migrate(query));
  }

  /** Brings a query up to this version, and replaces its dashboard variables. */
  applyTemplateVariables(query: CerQuery, scopedVars: ScopedVars, filters?: AdhocFilter[]): CompleteQuery {
    const asked = migrate(query);
    const own = (asked.adhocFilters ?? []).map((f) => ({ ...f, value: getTemplateSrv().replace(f.value, scopedVars) }));
    const adhoc = withFilters(own, adhocFilters(getTemplateSrv(), this.name, filters));
    return {
      ...asked,
      flows: this.interpolateNames(asked.flows, scopedVars),
      slis: this.interpolateNames(asked.slis, scopedVars),
      components: this.interpolateNames(asked.components, scopedVars),
      by: this.interpolateNames(asked.by, scopedVars),
      where: this.interpolateWhere(asked.where, scopedVars),
      ...(adhoc.length > 0 && { adhocFilters: adhoc }),
      // The backend replaces Grafana's intervals, so that a panel and an alert rule mean the same by them.
      window: isInterval(asked.window) ? asked.window : getTemplateSrv().replace(asked.window, scopedVars),
      legend: getTemplateSrv().replace(asked.legend, scopedVars),
      ...this.interpolateGate(asked, scopedVars),
    };
  }

  /** Replaces dashboard variables in the fields of a query for the verdict of a gate, and leaves out those that are empty. */
  private interpolateGate(query: Pick<CerQuery, GateField>, scopedVars: ScopedVars): Pick<CerQuery, GateField> {
    const replace = (text = '') => getTemplateSrv().replace(text, scopedVars).trim() || undefined;
    return Object.fromEntries(GATE_FIELDS.map((name) => [name, replace(query[name])]));
  }

  /** Replaces dashboard variables in cohorts. */
  private interpolateWhere(where: Record<string, string[]>, scopedVars: ScopedVars): Record<string, string[]> {
    const replaced = Object.entries(this.restricting(where, scopedVars)).map(
      ([dimension, cohorts]) =>
        [getTemplateSrv().replace(dimension, scopedVars), this.interpolateNames(cohorts, scopedVars)] as const
    );
    return Object.fromEntries(replaced.filter(([, cohorts]) => !keepsAll(cohorts)));
  }

  /** Leaves out where a variable stands for all: that keeps every cohort, those without a name too. */
  private restricting(where: Record<string, string[]>, scopedVars: ScopedVars): Record<string, string[]> {
    const all = chosenAll(getTemplateSrv().getVariables(), scopedVars);
    const isAll = (cohort: string) => all.includes(variableOf(cohort) ?? '');
    return Object.fromEntries(Object.entries(where).filter(([, cohorts]) => !cohorts.some(isAll)));
  }

  /** Replaces dashboard variables in names; one of several values gives several names. */
  interpolateNames(names: string[], scopedVars: ScopedVars): string[] {
    return interpolateNames(names, replaceIn(scopedVars));
  }

  /** Whether names are nothing but variables without a value. */
  namesNothing(names: string[], scopedVars: ScopedVars): boolean {
    return namesNothing(names, replaceIn(scopedVars));
  }

  /** The dashboard's variables as they can stand in a query. */
  variableNames(): string[] {
    return getTemplateSrv()
      .getVariables()
      .map((variable) => `$${variable.name}`);
  }

  /** The catalog that queries are answered by. */
  catalog(): Promise<Catalog> {
    return this.getResource('catalog', undefined, { showErrorAlert: false });
  }

  /** The values of a dimension, or of a label of flows. */
  async cohorts(dimension: string): Promise<string[]> {
    const answer = await this.getResource<{ values: string[] }>('cohorts', { dimension }, { showErrorAlert: false });
    return answer.values;
  }

  /** What ad hoc filters can be on. */
  async getTagKeys(): Promise<MetricFindValue[]> {
    return cohortNames(await this.catalog()).map((text) => ({ text }));
  }

  /** What an ad hoc filter can be. */
  async getTagValues({ key }: { key: string }): Promise<MetricFindValue[]> {
    return (await this.cohorts(key)).map((text) => ({ text }));
  }

  /** The PromQL of a flow's SLIs, or of all. */
  expand(request: ExpandRequest): Promise<Expansion[]> {
    return this.postResource('expand', request, { showErrorAlert: false });
  }
}

/** A request. Newer versions of Grafana send ad hoc filters with it. */
type Request = DataQueryRequest<CerQuery> & { filters?: AdhocFilter[] };

function replaceIn(scopedVars: ScopedVars): Replace {
  return (text, format) => getTemplateSrv().replace(text, scopedVars, format);
}
