import { DataSourceSettings } from '@grafana/data';
import { CerOptions } from '../types';
import { OtherSettings, secretsOf, takenOver } from './takeOver';

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
  });
});

test('what can not be read is left as it is', () => {
  const asked = takenOver({ ...own, url: 'http://mine', basicAuth: true }, { jsonData: { httpMethod: 'GET' } });
  expect(asked).toMatchObject({ url: 'http://mine', basicAuth: true, jsonData: { timeInterval: '30s' } });
});

test('secrets are named', () => {
  expect(secretsOf(other)).toEqual({ password: true, tls: true, headers: ['X-Scope-OrgID'] });
  expect(secretsOf({ basicAuth: false, jsonData: { tlsSkipVerify: true } })).toEqual({
    password: false,
    tls: false,
    headers: [],
  });
});
