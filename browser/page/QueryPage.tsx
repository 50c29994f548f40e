import { CoreApp, DataFrame, DataQueryRequest, dateTime } from '@grafana/data';
import React, { useRef, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { QueryEditor } from '../../src/components/QueryEditor';
import { CerQuery } from '../../src/types';
import { PageProps } from '.';

/**
 * A query with its editor, as a panel has it: every run asks the backend. &app= says where the editor stands, &from= and
 * &to= the time range in milliseconds. The query and the answer are on the page, as JSON for tests.
 */
export function QueryPage({ dataSource, params }: PageProps) {
  const [query, setQuery] = useState<CerQuery>({ refId: 'A', ...JSON.parse(params.get('query') ?? '{}') });
  const [answer, setAnswer] = useState('');
  const newest = useRef(query);
  const change = (to: CerQuery) => {
    newest.current = to;
    setQuery(to);
  };
  const run = async () => {
    setAnswer('');
    const range = { from: dateTime(Number(params.get('from'))), to: dateTime(Number(params.get('to'))) };
    const request = {
      targets: [newest.current],
      range: { ...range, raw: range },
      intervalMs: 60_000,
      maxDataPoints: 100,
      scopedVars: {},
    } as unknown as DataQueryRequest<CerQuery>;
    const { data, error } = await lastValueFrom(dataSource.query(request));
    setAnswer(error ? `Error: ${error.message}` : JSON.stringify(data.map(content)));
  };
  return (
    <>
      <h1>Query</h1>
      <QueryEditor
        datasource={dataSource}
        query={query}
        app={(params.get('app') ?? undefined) as CoreApp | undefined}
        onChange={change}
        onRunQuery={run}
      />
      <output aria-label="Saved query" hidden>
        {JSON.stringify(query)}
      </output>
      <output aria-label="Answer" hidden>
        {answer}
      </output>
    </>
  );
}

/** content is what a frame holds. */
function content({ fields, meta }: DataFrame) {
  return {
    fields: fields.map(({ name, labels, config, values }) => ({ name, labels, unit: config.unit, values })),
    asked: meta?.executedQueryString,
  };
}
