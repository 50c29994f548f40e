import { DataSourceSettings } from '@grafana/data';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { Subject } from 'rxjs';
import { MAX_DEFINITION } from '../flow/settings';
import { STARTER } from '../flow/starter';
import { catalog } from '../testing/catalog';
import { told } from '../testing/codeEditor';
import { answers, fetched, resetRuntime, sources } from '../testing/runtime';
import { CerOptions, Validation } from '../types';
import { ConfigEditor } from './ConfigEditor';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

const valid: Validation = { valid: true, catalog, issues: [], unmatched: [] };

beforeEach(() => {
  resetRuntime();
  answers.validate = valid;
  told.markers = [];
  told.position = undefined;
});

function show(jsonData: CerOptions = {}, more: Partial<DataSourceSettings<CerOptions>> = {}) {
  const onOptionsChange = jest.fn();
  const Host = () => {
    const [options, setOptions] = useState({
      uid: 'u1',
      url: 'http://localhost:9090',
      access: 'proxy',
      readOnly: false,
      secureJsonFields: {},
      jsonData,
      ...more,
    } as DataSourceSettings<CerOptions>);
    const change = (to: DataSourceSettings<CerOptions>) => {
      onOptionsChange(to);
      setOptions(to);
    };
    return <ConfigEditor options={options} onOptionsChange={change} />;
  };
  render(<Host />);
  return { onOptionsChange, last: () => onOptionsChange.mock.calls[onOptionsChange.mock.calls.length - 1][0] };
}

const editor = () => screen.getByRole('textbox', { name: 'Catalog, YAML' });

/** advanced opens the settings that seldom change. */
const advanced = () => userEvent.click(screen.getByRole('button', { name: 'Advanced settings of the store' }));

describe('connection', () => {
  const options: CerOptions = { httpMethod: 'GET' };
  const prometheus = { uid: 'p1', name: 'Prometheus', jsonData: options };
  const take = async () => {
    await userEvent.click(screen.getByRole('combobox', { name: 'Same as data source' }));
    await userEvent.click(screen.getByText('Prometheus'));
  };

  test('is that of another data source, whose secrets are asked for', async () => {
    sources.push(prometheus);
    answers['/api/datasources/uid/p1'] = {
      url: 'http://prometheus:9090',
      basicAuth: true,
      basicAuthUser: 'grafana',
      jsonData: { httpMethod: 'GET', timeInterval: '30s', httpHeaderName1: 'X-Scope-OrgID' },
    };
    const { last } = show({ definition: 'x' }, { url: '' });
    await take();
    expect(
      await screen.findByText(/copied from Prometheus\. .* enter the password and the value of X-Scope-OrgID again/)
    ).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'URL' })).toHaveValue('http://prometheus:9090');
    expect(last()).toMatchObject({ basicAuth: true, jsonData: { definition: 'x', httpMethod: 'GET' } });
  });

  test('is asked for where the other data source can not be read', async () => {
    sources.push(prometheus);
    answers['/api/datasources/uid/p1'] = new Error('Access denied');
    const { last } = show({}, { url: '' });
    await take();
    expect(await screen.findByText(/of Prometheus can't be read \(Access denied\)/)).toBeInTheDocument();
    expect(last()).toMatchObject({ url: '', jsonData: { httpMethod: 'GET' } });
    await userEvent.type(screen.getByRole('textbox', { name: 'URL' }), 'http://a');
    expect(last()).toMatchObject({ url: 'http://a', jsonData: { httpMethod: 'GET' } });
  });

  test('is taken over into what was typed meanwhile, and only from the newest choice', async () => {
    const replies = ['p1', 'p2'].map((uid) => {
      const reply = new Subject<unknown>();
      sources.push({ uid, name: `Store ${uid}`, jsonData: {} });
      answers[`/api/datasources/uid/${uid}`] = reply;
      return (url: string) =>
        act(async () => {
          reply.next({ data: { url, basicAuth: false, jsonData: {} } });
          reply.complete();
        });
    });
    const { last, onOptionsChange } = show({}, { url: '' });
    for (const name of ['Store p1', 'Store p2']) {
      await userEvent.click(screen.getByRole('combobox', { name: 'Same as data source' }));
      await userEvent.click(screen.getByText(name));
    }
    await userEvent.type(editor(), 'a');
    await replies[1]('http://second');
    const changes = onOptionsChange.mock.calls.length;
    await replies[0]('http://first');
    expect(last()).toMatchObject({ url: 'http://second', jsonData: { definition: 'a' } });
    expect(onOptionsChange).toHaveBeenCalledTimes(changes);
    expect(screen.getByText(/copied from Store p2/)).toBeInTheDocument();
  });

  test('has its own secrets dropped, also where the form of authentication is open', async () => {
    sources.push(prometheus);
    answers['/api/datasources/uid/p1'] = {
      url: 'http://prometheus:9090',
      jsonData: { httpHeaderName1: 'X-Scope-OrgID' },
    };
    const own = { httpHeaderName1: 'Authorization' } as CerOptions;
    const { last } = show(own, { secureJsonFields: { httpHeaderValue1: true } });
    await userEvent.click(screen.getByRole('button', { name: 'Authentication, TLS and headers' }));
    await take();
    const header = await screen.findByDisplayValue('X-Scope-OrgID');
    expect(screen.queryByDisplayValue('Authorization')).not.toBeInTheDocument();
    await userEvent.type(header, '2');
    await userEvent.tab();
    expect(last()).toMatchObject({
      jsonData: { httpHeaderName1: 'X-Scope-OrgID2' },
      secureJsonFields: {},
      secureJsonData: { httpHeaderValue1: '' },
    });
  });

  test('asks for what seldom changes only where it is opened', async () => {
    show();
    expect(screen.queryByRole('combobox', { name: 'Same as data source' })).not.toBeInTheDocument();
    expect(screen.queryByText('Basic auth')).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Authentication, TLS and headers' }));
    expect(screen.getByText('Basic auth')).toBeInTheDocument();
  });
});

describe('store', () => {
  test('settings are changed one by one and kept together', async () => {
    const { last } = show();
    await advanced();
    await userEvent.type(screen.getByRole('textbox', { name: 'Scrape interval' }), '30s');
    await userEvent.type(screen.getByRole('spinbutton', { name: 'Concurrency' }), '4');
    await userEvent.click(screen.getByRole('combobox', { name: 'Store type' }));
    await userEvent.click(screen.getByText('Mimir'));
    await userEvent.click(screen.getByRole('combobox', { name: 'HTTP method' }));
    await userEvent.click(screen.getByText('GET'));
    expect(last().jsonData).toEqual({
      timeInterval: '30s',
      concurrency: 4,
      prometheusType: 'Mimir',
      httpMethod: 'GET',
    });
  });

  test('a text that is no duration is said to be none', async () => {
    show({ queryTimeout: 'long' });
    await advanced();
    expect(await screen.findByText(/Enter a duration/)).toBeInTheDocument();
  });
});

describe('definition', () => {
  test('what is typed is added to the newest settings, though the code editor keeps its first callback', async () => {
    const { last } = show();
    await advanced();
    await userEvent.type(screen.getByRole('textbox', { name: 'Query timeout' }), '1m');
    await userEvent.type(editor(), 'a');
    expect(last().jsonData).toEqual({ queryTimeout: '1m', definition: 'a' });
  });

  test('an empty one can be started from an example', async () => {
    const { last } = show();
    await userEvent.click(screen.getByRole('button', { name: 'Start from an example' }));
    expect(last().jsonData.definition).toBe(STARTER);
    expect(screen.queryByRole('button', { name: 'Start from an example' })).not.toBeInTheDocument();
  });

  test('issues are marked at their lines and listed, and a click goes there', async () => {
    answers.validate = {
      valid: false,
      issues: [
        { line: 2, column: 3, text: 'b', path: 'spec.b', message: 'there is no field b' },
        { line: 1, column: 1, message: 'a is short', warning: true },
      ],
      unmatched: [],
    };
    show({ definition: 'a:\n  b: 1' });
    const issues = within(await screen.findByRole('list', { name: 'Issues in the catalog' }));
    expect(screen.getByText('1 error, 1 warning')).toBeInTheDocument();
    expect(told.markers.map((m) => [m.startLineNumber, m.severity, m.message])).toEqual([
      [2, 8, 'there is no field b'],
      [1, 4, 'a is short'],
    ]);
    await userEvent.click(issues.getByRole('button', { name: 'Error, line 2, column 3, spec.b: there is no field b' }));
    expect(told.position).toEqual({ lineNumber: 2, column: 3 });
  });

  test('the list follows: flows and SLIs with their shares, and selectors that match nothing', async () => {
    answers.validate = {
      ...valid,
      unmatched: [
        { flow: 'checkout', sli: 'psp', selector: 'psp_total' },
        { flow: 'search', sli: 'success', selector: 'http_total', untrusted: true },
      ],
    };
    show({ definition: 'x' });
    expect(await screen.findByRole('img', { name: 'checkout has 75% of the weight' })).toBeInTheDocument();
    expect(screen.getByRole('img', { name: 'psp has 25% of the weight' })).toBeInTheDocument();
    const checkout = within(screen.getByRole('list', { name: 'SLIs of checkout' }));
    expect(checkout.getByText('latency')).toBeInTheDocument();
    expect(checkout.getByText(/No series of the last 24 hours matches psp_total/)).toBeInTheDocument();
    expect(screen.getByText('2 selectors below match no trusted series.')).toBeInTheDocument();
    expect(screen.getByText(/Only untrusted series match http_total/)).toBeInTheDocument();
    expect(screen.getByText('The catalog is valid.')).toBeInTheDocument();
  });

  test('a broken edit keeps the list, and says that it is old', async () => {
    answers.validate = ({ definition }: { definition: string }) =>
      definition === 'x' ? valid : { valid: false, issues: [{ line: 1, column: 1, message: 'no' }], unmatched: [] };
    show({ definition: 'x' });
    await screen.findByText('The catalog is valid.');
    await userEvent.type(editor(), 'y');
    expect(await screen.findByText(/From the last valid catalog/)).toBeInTheDocument();
    expect(screen.getByRole('list', { name: 'Flows of the catalog' })).toBeInTheDocument();
  });

  test('a store that can not be asked is said kindly', async () => {
    answers.validate = { ...valid, storeError: 'the setting url is empty' };
    show({ definition: 'x' });
    expect(
      await screen.findByText(/Could not check whether the selectors match anything: the setting url/)
    ).toBeInTheDocument();
  });

  test('a data source that is not saved yet is not asked', () => {
    show({ definition: 'x' }, { uid: '' });
    expect(screen.getByText(/have the catalog checked as you type/)).toBeInTheDocument();
    expect(fetched).not.toHaveBeenCalledWith(expect.objectContaining({ url: expect.stringContaining('/validate') }));
  });

  test('a check that fails says why', async () => {
    answers.validate = new Error('plugin unavailable');
    show({ definition: 'x' });
    expect(await screen.findByText('The catalog could not be checked: plugin unavailable')).toBeInTheDocument();
  });

  test('one that is too long is said to be', () => {
    show({ definition: 'x'.repeat(MAX_DEFINITION + 1) });
    expect(screen.getByText(/49 KiB long, but the settings hold 48 KiB at most/)).toBeInTheDocument();
    expect(fetched).not.toHaveBeenCalledWith(expect.objectContaining({ url: expect.stringContaining('/validate') }));
  });
});

test('a provisioned data source is shown but not edited', async () => {
  show({ definition: 'x', timeInterval: '30s' }, { readOnly: true });
  expect(screen.getByText(/was provisioned/)).toBeInTheDocument();
  await advanced();
  expect(screen.getByRole('textbox', { name: 'Scrape interval' })).toBeDisabled();
  expect(editor()).toHaveAttribute('readonly');
  await waitFor(() => expect(screen.getByRole('list', { name: 'Flows of the catalog' })).toBeInTheDocument());
});
