import { DataSourceSettings } from '@grafana/data';
import { CerOptions } from '../types';

type Settings = DataSourceSettings<CerOptions>;

/** The settings of a data source of any type. */
export type OtherSettings = Partial<Omit<DataSourceSettings, 'jsonData'>> & { jsonData?: Record<string, unknown> };

/** What of jsonData says how the store is asked, for this data source as for Grafana's Prometheus data source. */
const ASKED = ['httpMethod', 'timeInterval', 'queryTimeout', 'customQueryParameters', 'prometheusType'];

/** What of jsonData belongs to authentication, besides the names of headers. */
const AUTHENTICATION = ['oauthPassThru', 'tlsAuth', 'tlsAuthWithCACert', 'tlsSkipVerify', 'serverName'];

/** The name of the setting of a header. Its number is that of the secret with the header's value. */
const HEADER = /^httpHeaderName\d+$/;

const isAsked = (name: string) => ASKED.includes(name);
const isShared = (name: string) => isAsked(name) || AUTHENTICATION.includes(name) || HEADER.test(name);

/**
 * takenOver returns settings with the address of another data source and how it is asked, in the place of their own. Secrets stay
 * with the other one; those of the settings are dropped, since they are not for that address. Where the address and the
 * authentication of the other one are not known, those of the settings are kept with their secrets.
 */
export function takenOver(
  settings: Settings,
  { url, basicAuth, basicAuthUser, jsonData = {} }: OtherSettings
): Settings {
  if (url === undefined) {
    return { ...settings, jsonData: replaced(settings.jsonData, jsonData, isAsked) };
  }
  return {
    ...settings,
    url,
    basicAuth: Boolean(basicAuth),
    basicAuthUser: basicAuthUser ?? '',
    jsonData: replaced(settings.jsonData, jsonData, isShared),
    secureJsonFields: {},
    secureJsonData: dropped(Object.keys({ ...settings.secureJsonFields, ...settings.secureJsonData })),
  };
}

/** replaced returns the own options, with those whose names are taken replaced by the others'. */
function replaced(own: CerOptions, others: Record<string, unknown>, isTaken: (name: string) => boolean): CerOptions {
  return Object.fromEntries([
    ...Object.entries(own).filter(([name]) => !isTaken(name)),
    ...Object.entries(others).filter(([name]) => isTaken(name)),
  ]);
}

/** dropped returns what has Grafana drop saved secrets: it keeps those that are not mentioned. */
function dropped(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** stillDropped returns changed settings that drop the secrets that were dropped before, unless these have a new value. */
export function stillDropped(before: Settings, changed: Settings): Settings {
  const secrets: Record<string, string | undefined> = changed.secureJsonData ?? {};
  const names = Object.entries(before.secureJsonData ?? {}).flatMap(([name, value]) => (value === '' ? name : []));
  const forgotten = names.filter((name) => secrets[name] === undefined);
  return forgotten.length === 0 ? changed : { ...changed, secureJsonData: { ...secrets, ...dropped(forgotten) } };
}

/** The secrets of a data source, which users have to enter again. Headers are listed by name. */
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
