import { CustomVariableSupport, DataQueryRequest, DataQueryResponse, ScopedVars } from '@grafana/data';
import { from, map, Observable } from 'rxjs';
import { VariableEditor } from './components/VariableEditor';
import type { CerDataSource } from './datasource';
import { completeVariable, isOfGate, namesOfGate, titleOf, variableNames } from './flow/variable';
import { labels } from './labels';
import { CerVariableQuery, VariableKind } from './types';

/** What a variable can be set to. */
interface VariableOption {
  text: string;
  value: string;
}

/** The kinds of names of which dashboards choose one, as a rule. */
const ONE_OF: VariableKind[] = ['dimensions', 'cohorts', 'gates'];

/** Stands for none of them where a catalog has none; Grafana would say None. */
const NOTHING: VariableOption = { text: labels.query.byNothing, value: '' };

/** Dashboard variables that list names of the catalog, such as those of its flows, or the cohorts of a dimension. */
export class CerVariableSupport extends CustomVariableSupport<CerDataSource, CerVariableQuery> {
  editor = VariableEditor;

  constructor(private readonly dataSource: CerDataSource) {
    super();
    this.query = this.query.bind(this);
  }

  /** The names that the variable can be set to. */
  query(request: DataQueryRequest<CerVariableQuery>): Observable<DataQueryResponse> {
    const query = completeVariable(request.targets[0]);
    return from(this.options(query, request.scopedVars)).pipe(map((data) => ({ data })));
  }

  /** What the variable offers: people read titles, and queries names. */
  private async options(query: CerVariableQuery, scopedVars: ScopedVars): Promise<VariableOption[]> {
    const names = await this.names(query, scopedVars);
    if (names.length === 0 && ONE_OF.includes(query.kind)) {
      return [NOTHING];
    }
    const catalog = await this.dataSource.catalog();
    return names.map((value) => ({ text: titleOf(catalog, query.kind, value) ?? value, value }));
  }

  private async names(query: CerVariableQuery, scopedVars: ScopedVars): Promise<string[]> {
    if (this.dataSource.namesNothing(query.flows ?? [], scopedVars)) {
      return [];
    }
    const named = (names: string[]) => this.dataSource.interpolateNames(names, scopedVars);
    const catalog = await this.dataSource.catalog();
    if (query.kind === 'cohorts') {
      const [dimension] = named([query.dimension ?? '']);
      return variableNames(catalog, 'dimensions').includes(dimension) ? this.dataSource.cohorts(dimension) : [];
    }
    if (query.gate && isOfGate(query.kind)) {
      return named([query.gate]).flatMap((gate) => namesOfGate(catalog, query.kind, gate));
    }
    return variableNames(catalog, query.kind, named(query.flows ?? []));
  }
}
