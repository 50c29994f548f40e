import { CoreApp, DataSourceInstanceSettings, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import { ExpandRequest } from './flow/expansion';
import { interpolateNames, namesNothing, Replace } from './flow/names';
import { canBeAsked, defaultQuery, migrate } from './flow/query';
import { displayText } from './flow/sentence';
import { isInterval } from './flow/window';
import { Catalog, CerOptions, CerQuery, CompleteQuery, Expansion } from './types';
import { CerVariableSupport } from './variables';

/** The cer data source as Grafana's frontend sees it. The backend does the work. */
export class CerDataSource extends DataSourceWithBackend<CerQuery, CerOptions> {
  // One parameter exactly: Grafana takes a class with another number of them for an Angular plugin.
  constructor(settings: DataSourceInstanceSettings<CerOptions>) {
    super(settings);
    this.variables = new CerVariableSupport(this);
  }

  /** What a new query asks. */
  getDefaultQuery(app: CoreApp): Partial<CerQuery> {
    return defaultQuery(app);
  }

  /** Whether the backend is asked at all: not where a list of names is but variables without a value. */
  filterQuery(query: CerQuery): boolean {
    const { flows, slis, components } = migrate(query);
    return canBeAsked(query) && ![flows, slis, components].some((names) => this.namesNothing(names, {}));
  }

  /** The query in a few words. */
  getQueryDisplayText(query: CerQuery): string {
    return displayText(migrate(query));
  }

  /** Brings a query up to this version, and replaces its dashboard variables. */
  applyTemplateVariables(query: CerQuery, scopedVars: ScopedVars): CompleteQuery {
    const asked = migrate(query);
    return {
      ...asked,
      flows: this.interpolateNames(asked.flows, scopedVars),
      slis: this.interpolateNames(asked.slis, scopedVars),
      components: this.interpolateNames(asked.components, scopedVars),
      // The backend replaces Grafana's intervals, so that a panel and an alert rule mean the same by them.
      window: isInterval(asked.window) ? asked.window : getTemplateSrv().replace(asked.window, scopedVars),
      legend: getTemplateSrv().replace(asked.legend, scopedVars),
    };
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

  /** The PromQL of a flow's SLIs, or of all. */
  expand(request: ExpandRequest): Promise<Expansion[]> {
    return this.postResource('expand', request, { showErrorAlert: false });
  }
}

function replaceIn(scopedVars: ScopedVars): Replace {
  return (text, format) => getTemplateSrv().replace(text, scopedVars, format);
}
