import {
  CoreApp,
  createDataFrame,
  DataQueryRequest,
  DataSourceInstanceSettings,
  FieldType,
  MetricFindValue,
} from '@grafana/data';
import { DataSourceWithBackend } from '@grafana/runtime';
import { lastValueFrom, of } from 'rxjs';
import { CerDataSource } from './datasource';
import { expandRequest } from './flow/expansion';
import { complete } from './flow/query';
import { plugin } from './module';
import { catalog } from './testing/catalog';
import { answers, fetched, options, resetRuntime, sources, variables } from './testing/runtime';
import { CerOptions, CerQuery, CerVariableQuery } from './types';
import { CerVariableSupport } from './variables';

const settings = { uid: 'u1', id: 1, type: 'cer', name: 'cer', jsonData: {} } as DataSourceInstanceSettings<CerOptions>;
const dataSource = new CerDataSource(settings);

beforeEach(resetRuntime);

test('the constructor takes one parameter, since Grafana takes it for an Angular plugin otherwise', () => {
  expect(CerDataSource.length).toBe(1);
});

test('the module offers every editor', () => {
  expect(plugin.DataSourceClass).toBe(CerDataSource);
  expect(plugin.components.QueryEditor).toBeDefined();
  expect(plugin.components.ConfigEditor).toBeDefined();
  expect(plugin.components.QueryEditorHelp).toBeDefined();
});

test('a new query in an alert rule asks for the newest score', () => {
  expect(dataSource.getDefaultQuery(CoreApp.UnifiedAlerting)).toMatchObject({
    measure: 'state',
    level: 'flow',
    format: 'latest',
  });
});

test('annotations are of events, unless something else is asked', () => {
  const { getDefaultQuery, prepareQuery } = dataSource.annotations;
  const annotation = { name: 'a', enable: true, iconColor: 'red' };
  expect(getDefaultQuery?.()).toEqual({ format: 'events' });
  expect(prepareQuery?.(annotation)).toEqual({ refId: 'Anno', format: 'events' });
  const target = { refId: 'A', format: 'incidents' as const, level: 'flow' as const };
  expect(prepareQuery?.({ ...annotation, target })).toEqual(target);
});

test('hidden queries are not asked', () => {
  expect(dataSource.filterQuery({ refId: 'A' })).toBe(true);
  expect(dataSource.filterQuery({ refId: 'A', hide: true })).toBe(false);
});

test('queries for variables without a value are not asked, since they would be answered for all', () => {
  Object.assign(variables, { flow: [], sli: '', one: 'login' });
  expect(dataSource.filterQuery({ refId: 'A', flows: ['$flow'] })).toBe(false);
  expect(dataSource.filterQuery({ refId: 'A', level: 'sli', slis: ['${sli}'] })).toBe(false);
  expect(dataSource.filterQuery({ refId: 'A', components: ['$sli'] })).toBe(false);
  expect(dataSource.filterQuery({ refId: 'A', flows: ['$flow', '$one'] })).toBe(true);
  expect(dataSource.filterQuery({ refId: 'A', flows: ['$nobody'] })).toBe(true);
});

test('a query for the verdict of a gate is asked once it names one', () => {
  Object.assign(variables, { gate: '', canary: 'checkout-canary' });
  const verdict = { refId: 'A', measure: 'verdict', format: 'latest' } as const;
  expect(dataSource.filterQuery(verdict)).toBe(false);
  expect(dataSource.filterQuery({ refId: 'A', format: 'gate' })).toBe(false);
  expect(dataSource.filterQuery({ ...verdict, gate: '$gate' })).toBe(false);
  expect(dataSource.filterQuery({ ...verdict, gate: '$canary' })).toBe(true);
  expect(dataSource.filterQuery({ refId: 'A', format: 'gate', gate: 'checkout-canary' })).toBe(true);
});

test('the display text says what is shown', () => {
  expect(dataSource.getQueryDisplayText({ refId: 'A', level: 'flow', format: 'latest' })).toBe(
    'The latest score of each flow'
  );
});

describe('variables in queries', () => {
  const interpolated = (query: Partial<CerQuery>, scoped = {}) =>
    dataSource.applyTemplateVariables({ refId: 'A', ...query }, scoped);

  test('several values become several names', () => {
    variables.flow = ['checkout', 'search'];
    variables.sli = 'success';
    expect(interpolated({ flows: ['${flow}'], slis: ['$flow/$sli'], components: ['$other'] })).toMatchObject({
      flows: ['checkout', 'search'],
      slis: ['checkout/success', 'search/success'],
      components: ['$other'],
    });
  });

  test('the value of a repeated panel goes before that of the dashboard', () => {
    variables.flow = ['checkout', 'search'];
    expect(interpolated({ flows: ['$flow'] }, { flow: { value: 'login' } }).flows).toEqual(['login']);
  });

  test('plain names and an old query need no variables', () => {
    expect(interpolated({ flows: ['checkout'] })).toMatchObject({
      flows: ['checkout'],
      measure: 'score',
      window: 'auto',
    });
  });

  test('cohorts are replaced, and a variable that stands for all restricts nothing', () => {
    Object.assign(variables, { region: ['eu', 'us'], tier: '$__all' });
    const where = { region: ['$region'], tier: ['$tier'], team: ['pay'] };
    expect(interpolated({ where }).where).toEqual({ region: ['eu', 'us'], team: ['pay'] });
  });

  test('of a variable set to All no filter stays, whatever Grafana makes of it, but in a repeated panel it does', () => {
    variables.tier = '$__all';
    options.tier = ['premium', 'standard'];
    const where = { tier: ['${tier:csv}'] };
    expect(interpolated({ where }).where).toEqual({});
    expect(interpolated({ where }, { tier: { value: 'premium' } }).where).toEqual({ tier: ['premium'] });
    expect(interpolated({ where: { tier: ['a$tier'] } }).where).toEqual({ tier: ['apremium', 'astandard'] });
  });

  test('All of no values keeps all too', () => {
    variables.tier = '$__all';
    options.tier = [];
    expect(dataSource.filterQuery({ refId: 'A', measure: 'score', where: { tier: ['$tier'] } })).toBe(true);
  });

  test('nothing is asked where a filter has only variables without a value', () => {
    variables.region = [];
    expect(dataSource.filterQuery({ refId: 'A', measure: 'score', where: { region: ['$region'] } })).toBe(false);
  });

  test("ad hoc filters are passed on: Grafana's own, or those that it hands over", () => {
    const filter = { key: 'region', operator: '=~', value: 'e.*' };
    const handed = [{ ...filter, condition: '' }];
    const asked = dataSource.applyTemplateVariables({ refId: 'A', measure: 'score' }, {}, handed);
    expect(asked.adhocFilters).toEqual([filter]);
    expect(interpolated({}).adhocFilters).toBeUndefined();
  });

  test('ad hoc filters that the query states hold with those of the dashboard, each once', () => {
    variables.region = 'eu';
    const own = [
      { key: 'region', operator: '!=', value: '$region' },
      { key: 'tier', operator: '=~', value: 'g.*d$' },
    ];
    const handed = [
      { key: 'tier', operator: '=~', value: 'g.*d$' },
      { key: 'team', operator: '=', value: 'pay' },
    ];
    const query = { refId: 'A', measure: 'score', adhocFilters: own } as CerQuery;
    expect(dataSource.applyTemplateVariables(query, {}, handed).adhocFilters).toEqual([
      { key: 'region', operator: '!=', value: 'eu' },
      ...handed,
    ]);
    expect(dataSource.applyTemplateVariables(query, {}, []).adhocFilters).toHaveLength(2);
  });

  test("the window is replaced, but Grafana's intervals are left to the backend", () => {
    variables.window = '30m';
    variables.__interval = '15s';
    expect(interpolated({ window: '$window' }).window).toBe('30m');
    expect(interpolated({ window: '$__interval' }).window).toBe('$__interval');
    expect(interpolated({ window: '${__rate_interval}' }).window).toBe('${__rate_interval}');
  });

  test('the fields of a gate are replaced, and left out where nothing is there', () => {
    Object.assign(variables, { gate: 'checkout-canary', candidate: 'v42', baseline: '', since: 'event:deploys' });
    const query = { gate: '$gate', candidate: '${candidate}', baseline: '$baseline', since: '$since' };
    expect(JSON.parse(JSON.stringify(interpolated({ format: 'gate', ...query })))).toMatchObject({
      measure: 'verdict',
      gate: 'checkout-canary',
      candidate: 'v42',
      since: 'event:deploys',
    });
    expect(interpolated({ format: 'gate', ...query }).baseline).toBeUndefined();
    expect(JSON.stringify(interpolated({ measure: 'score' }))).not.toMatch(/gate|since/);
  });

  test('cohorts may be those of a dimension that a variable names', () => {
    Object.assign(variables, { dimension: 'release', candidate: 'v42', baseline: 'v41' });
    const where = { $dimension: ['$candidate', '$baseline'] };
    expect(interpolated({ where }).where).toEqual({ release: ['v42', 'v41'] });
  });

  test('the legend is replaced, and its labels stay', () => {
    variables.team = 'payments';
    expect(interpolated({ legend: '$team {{flow}}' }).legend).toBe('payments {{flow}}');
  });

  test('all that the dashboard has are offered', () => {
    Object.assign(variables, { flow: 'a', window: '5m' });
    expect(dataSource.variableNames()).toEqual(['$flow', '$window']);
  });
});

describe('resources', () => {
  test('the catalog comes from the backend', async () => {
    expect((await dataSource.catalog()).name).toBe('shop');
  });

  test('ad hoc filters are offered what the catalog tells apart, and its values', async () => {
    answers.cohorts = { dimension: 'region', values: ['eu'] };
    expect(await dataSource.getTagKeys()).toEqual([{ text: 'region' }, { text: 'team' }]);
    expect(await dataSource.getTagValues({ key: 'region' })).toEqual([{ text: 'eu' }]);
  });

  test('PromQL comes from the backend', async () => {
    const asked = expandRequest(complete({ refId: 'A', flows: ['checkout'] }), {});
    answers.expand = [{ flow: 'checkout' }];
    expect(await dataSource.expand(asked)).toEqual([{ flow: 'checkout' }]);
    expect(fetched).toHaveBeenCalledWith(
      expect.objectContaining({ method: 'POST', data: asked, showErrorAlert: false })
    );
  });
});

describe('query variables', () => {
  const names = async (query: Partial<CerVariableQuery>) => {
    const request = { targets: [{ refId: 'A', ...query }], scopedVars: {} } as DataQueryRequest<CerVariableQuery>;
    const support = dataSource.variables as CerVariableSupport;
    const response = await lastValueFrom(support.query(request));
    return response.data.map(({ value }: MetricFindValue) => value);
  };

  test('list flows', async () => {
    expect(await names({ kind: 'flows' })).toEqual(['checkout', 'search']);
  });

  test('show titles, and mean names', async () => {
    const support = dataSource.variables as CerVariableSupport;
    const request = { targets: [{ refId: 'A', kind: 'flows' }], scopedVars: {} } as unknown;
    const { data } = await lastValueFrom(support.query(request as DataQueryRequest<CerVariableQuery>));
    expect(data).toEqual([
      { text: 'Checkout', value: 'checkout' },
      { text: 'search', value: 'search' },
    ]);
  });

  test.each(['dimensions', 'cohorts', 'gates'])(
    'offer nothing, rather than None, where there are no %s',
    async (kind) => {
      answers.catalog = { ...catalog, dimensions: [], flowLabels: [], gates: [] };
      const support = dataSource.variables as CerVariableSupport;
      const request = { targets: [{ refId: 'A', kind }], scopedVars: {} } as unknown;
      const { data } = await lastValueFrom(support.query(request as DataQueryRequest<CerVariableQuery>));
      expect(data).toEqual([{ text: 'none', value: '' }]);
    }
  );

  test('list SLIs of the flows that another variable names', async () => {
    variables.flow = ['search'];
    expect(await names({ kind: 'slis', flows: ['$flow'] })).toEqual(['success']);
  });

  test('list nothing where the other variable has no value', async () => {
    variables.flow = [];
    expect(await names({ kind: 'slis', flows: ['$flow'] })).toEqual([]);
  });

  test('list components', async () => {
    expect(await names({ kind: 'components' })).toEqual(['availability', 'latency', 'dependency']);
  });

  test('list the cohorts of a dimension', async () => {
    answers.cohorts = { dimension: 'region', values: ['eu', 'us'] };
    expect(await names({ kind: 'cohorts', dimension: 'region' })).toEqual(['eu', 'us']);
    expect(fetched).toHaveBeenCalledWith(expect.objectContaining({ params: { dimension: 'region' } }));
    expect(await names({ kind: 'cohorts' })).toEqual(['']);
    expect(await names({ kind: 'cohorts', dimension: 'planet' })).toEqual(['']);
    expect(await names({ kind: 'dimensions' })).toEqual(['region', 'team']);
  });

  test('list gates, the flows that one is about, and the dimension that it compares', async () => {
    variables.gate = 'checkout-canary';
    expect(await names({ kind: 'gates' })).toEqual(['checkout-canary', 'any-release']);
    expect(await names({ kind: 'dimensions', gate: '$gate' })).toEqual(['region']);
    expect(await names({ kind: 'flows', gate: '$gate' })).toEqual(['checkout']);
    expect(await names({ kind: 'gates', gate: 'gone' })).toHaveLength(2);
    expect(await names({ kind: 'dimensions', gate: 'any-release' })).toEqual(['']);
  });

  test('list the cohorts of a dimension that another variable names', async () => {
    variables.dimension = 'region';
    answers.cohorts = { dimension: 'region', values: ['eu', 'us'] };
    expect(await names({ kind: 'cohorts', dimension: '$dimension' })).toEqual(['eu', 'us']);
    variables.dimension = '';
    expect(await names({ kind: 'cohorts', dimension: '$dimension' })).toEqual(['']);
  });

  test('fail as the backend does', async () => {
    answers.catalog = new Error('the data source has no catalog yet');
    await expect(names({ kind: 'flows' })).rejects.toThrow('no catalog yet');
  });
});

describe('links to traces', () => {
  const asked = async (jsonData: CerOptions) => {
    const frame = createDataFrame({
      refId: 'A',
      meta: { custom: { traceLabels: ['trace_id'] } },
      fields: [{ name: 'traceID', type: FieldType.string, values: ['4bf92f'] }],
    });
    jest.spyOn(DataSourceWithBackend.prototype, 'query').mockReturnValueOnce(of({ data: [frame] }));
    const source = new CerDataSource({ ...settings, jsonData });
    const request = { targets: [{ refId: 'A', format: 'exemplars' }], scopedVars: {} } as unknown;
    const { data } = await lastValueFrom(source.query(request as DataQueryRequest<CerQuery>));
    return data[0].fields[0];
  };

  test('are on the IDs of traces, where the settings say where these are shown', async () => {
    sources.push({ uid: 't1', name: 'Tempo' });
    const linked = await asked({ exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 't1' }] });
    expect(linked.values).toEqual(['4bf92f']);
    expect(linked.config.links[0]).toMatchObject({ title: 'Query with Tempo', internal: { datasourceUid: 't1' } });
  });

  test('are left out otherwise', async () => {
    expect((await asked({})).config.links).toBeUndefined();
  });
});
