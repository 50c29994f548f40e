import { CustomVariableSupport, DataQueryRequest, DataQueryResponse, ScopedVars } from '@grafana/data';
import { from, map, Observable } from 'rxjs';
import { VariableEditor } from './components/VariableEditor';
import type { CerDataSource } from './datasource';
import { completeVariable, variableNames } from './flow/variable';
import { CerVariableQuery } from './types';

/** Dashboard variables that list the flows, SLIs or components of the catalog, or the cohorts of a dimension. */
export class CerVariableSupport extends CustomVariableSupport<CerDataSource, CerVariableQuery> {
  editor = VariableEditor;

  constructor(private readonly dataSource: CerDataSource) {
    super();
    this.query = this.query.bind(this);
  }

  /** The names that the variable can be set to. */
  query(request: DataQueryRequest<CerVariableQuery>): Observable<DataQueryResponse> {
    const query = completeVariable(request.targets[0]);
    return from(this.names(query, request.scopedVars)).pipe(
      map((names) => ({ data: names.map((name) => ({ text: name, value: name })) }))
    );
  }

  private async names(query: CerVariableQuery, scopedVars: ScopedVars): Promise<string[]> {
    if (this.dataSource.namesNothing(query.flows ?? [], scopedVars)) {
      return [];
    }
    if (query.kind === 'cohorts') {
      const known = variableNames(await this.dataSource.catalog(), 'dimensions');
      return query.dimension && known.includes(query.dimension) ? this.dataSource.cohorts(query.dimension) : [];
    }
    const flows = this.dataSource.interpolateNames(query.flows ?? [], scopedVars);
    return variableNames(await this.dataSource.catalog(), query.kind, flows);
  }
}
