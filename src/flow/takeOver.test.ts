import { DataSourceSettings } from '@grafana/data';
import { CerOptions } from '../types';
import { OtherSettings, secretsOf, stillDropped, takenOver } from './takeOver';

const own = {
  uid: 'u1',
  url: '',
  basicAuth: false,
  jsonData: { definition: 'x', timeInterval: '30s' },
} as unknown as DataSourceSettings<CerOptions>;

const other: OtherSettings = {
  uid: 'p1',
  name: 'Prometheus',
  url: 'http://prometheus:9090',
  basicAuth: true,
  basicAuthUser: 'grafana',
  jsonData: {
    httpMethod: 'GET',
    timeInterval: '15s',
    prometheusType: 'Mimir',
    prometheusVersion: '2.9.1',
    tlsAuth: true,
    httpHeaderName1: 'X-Scope-OrgID',
    exemplarTraceIdDestinations: [],
  },
};

test('the address and how the store is asked are taken over, and nothing else', () => {
  expect(takenOver(own, other)).toEqual({
    uid: 'u1',
    url: 'http://prometheus:9090',
    basicAuth: true,
    basicAuthUser: 'grafana',
    jsonData: {
      definition: 'x',
      httpMethod: 'GET',
      timeInterval: '15s',
      prometheusType: 'Mimir',
      tlsAuth: true,
      httpHeaderName1: 'X-Scope-OrgID',
    },
    secureJsonFields: {},
    secureJsonData: {},
  });
});

/** guarded has secrets, saved and just entered, and asks for its store in its own way. */
const guarded = {
  ...own,
  url: 'http://mine',
  basicAuth: true,
  basicAuthUser: 'me',
  jsonData: {
    definition: 'x',
    customQueryParameters: 'tenant=mine',
    tlsSkipVerify: true,
    httpHeaderName1: 'Authorization',
    httpHeaderName2: 'X-Mine',
  },
  secureJsonFields: { basicAuthPassword: true, httpHeaderValue1: true },
  secureJsonData: { httpHeaderValue2: 'just entered' },
} as unknown as DataSourceSettings<CerOptions>;

test('nothing that was for the own store is sent to the other one', () => {
  const after = takenOver(guarded, other);
  expect(after.jsonData).toEqual({ ...other.jsonData, definition: 'x', ...notTaken });
  expect(after.secureJsonFields).toEqual({});
  const none = { basicAuthPassword: '', httpHeaderValue1: '', httpHeaderValue2: '' };
  expect(after.secureJsonData).toEqual(none);
  expect(takenOver(after, { url: 'http://third' })).toMatchObject({
    url: 'http://third',
    basicAuth: false,
    basicAuthUser: '',
    secureJsonData: none,
  });
});

/** What of the other data source means nothing here. */
const notTaken = { prometheusVersion: undefined, exemplarTraceIdDestinations: undefined };

test('an address and an authentication that can not be read are left as they are, with their secrets', () => {
  const { jsonData, ...rest } = guarded;
  const after = takenOver(guarded, { jsonData: { httpMethod: 'GET', httpHeaderName1: 'X-Scope-OrgID' } });
  expect(after).toEqual({
    ...rest,
    jsonData: { ...jsonData, customQueryParameters: undefined, httpMethod: 'GET' },
  });
});

test('secrets stay dropped until they are entered again', () => {
  const before = takenOver(guarded, other);
  const changed = { ...before, secureJsonData: { httpHeaderValue1: 'new', httpHeaderValue2: undefined } };
  expect(stillDropped(before, changed as unknown as typeof before).secureJsonData).toEqual({
    basicAuthPassword: '',
    httpHeaderValue1: 'new',
    httpHeaderValue2: '',
  });
  expect(stillDropped(own, own)).toBe(own);
});

test('secrets are named', () => {
  expect(secretsOf(other)).toEqual({ password: true, tls: true, headers: ['X-Scope-OrgID'] });
  expect(secretsOf({ basicAuth: false, jsonData: { tlsSkipVerify: true } })).toEqual({
    password: false,
    tls: false,
    headers: [],
  });
});
