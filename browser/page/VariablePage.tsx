import { DataQueryRequest, MetricFindValue } from '@grafana/data';
import React, { useEffect, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { CerVariableQuery } from '../../src/types';
import { CerVariableSupport } from '../../src/variables';
import { PageProps } from '.';

/** The editor of a query variable, with a preview of its values below, as Grafana has it. */
export function VariablePage({ dataSource }: PageProps) {
  const support = dataSource.variables as CerVariableSupport;
  const [query, setQuery] = useState<CerVariableQuery>();
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const request = { targets: [{ kind: 'flows', ...query }], scopedVars: {} } as unknown;
    lastValueFrom(support.query(request as DataQueryRequest<CerVariableQuery>)).then(({ data }) =>
      setNames(data.map(({ value }: MetricFindValue) => String(value)))
    );
  }, [support, query]);
  return (
    <>
      <h1>Variable</h1>
      <support.editor
        datasource={dataSource}
        query={query as CerVariableQuery}
        onChange={setQuery}
        onRunQuery={() => {}}
      />
      <h2>Preview of values</h2>
      <ul aria-label="Preview of values">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  );
}
