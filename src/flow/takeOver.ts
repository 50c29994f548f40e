import { DataSourceSettings } from '@grafana/data';
import { CerOptions } from '../types';

/** The settings of a data source of any type. */
export type OtherSettings = Partial<Omit<DataSourceSettings, 'jsonData'>> & { jsonData?: Record<string, unknown> };

/** What of jsonData means the same to this data source as to Grafana's Prometheus data source, and is no secret. */
const SHARED = [
  'httpMethod',
  'timeInterval',
  'queryTimeout',
  'customQueryParameters',
  'prometheusType',
  'oauthPassThru',
  'tlsAuth',
  'tlsAuthWithCACert',
  'tlsSkipVerify',
  'serverName',
];

/** The name of the setting of a header. Its number is that of the secret with the header's value. */
const HEADER = /^httpHeaderName\d+$/;

/** takenOver returns settings with the address of another data source and how it is asked; secrets stay with the other one. */
export function takenOver(
  settings: DataSourceSettings<CerOptions>,
  { url, basicAuth, basicAuthUser, jsonData = {} }: OtherSettings
): DataSourceSettings<CerOptions> {
  const shared = Object.entries(jsonData).filter(([name]) => SHARED.includes(name) || HEADER.test(name));
  return {
    ...settings,
    ...(url && { url }),
    ...(basicAuth !== undefined && { basicAuth, basicAuthUser: basicAuthUser ?? '' }),
    jsonData: { ...settings.jsonData, ...Object.fromEntries(shared) },
  };
}

/** What a data source proves itself with, which has to be entered anew: names of headers, or of what there is one of. */
export interface Secrets {
  password: boolean;
  tls: boolean;
  headers: string[];
}

/** secretsOf returns which secrets a data source has. */
export function secretsOf({ basicAuth, jsonData = {} }: OtherSettings): Secrets {
  return {
    password: Boolean(basicAuth),
    tls: Boolean(jsonData.tlsAuth || jsonData.tlsAuthWithCACert),
    headers: Object.keys(jsonData)
      .filter((name) => HEADER.test(name))
      .map((name) => String(jsonData[name])),
  };
}
