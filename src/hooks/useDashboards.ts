import { getBackendSrv } from '@grafana/runtime';
import { useEffect, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';

const PLUGIN = 'cer-reliability-datasource';

/** A dashboard that the plugin comes with, as Grafana lists it. */
export interface PluginDashboard {
  title: string;
  /** The file of the plugin. */
  path: string;
  imported: boolean;
  /** Where it is, once it is imported. */
  importedUrl?: string;
}

/** The dashboards of the plugin. */
export interface DashboardsState {
  /** Undefined until they are listed. */
  dashboards?: PluginDashboard[];
  importing: boolean;
  fault?: string;
}

/** useDashboards lists the dashboards of the plugin. The function that it returns imports those of this version, over earlier ones. */
export function useDashboards(): [DashboardsState, () => Promise<void>] {
  const [state, setState] = useState<DashboardsState>({ importing: false });
  useEffect(() => {
    let current = true;
    listed().then(
      (dashboards) => current && setState({ dashboards, importing: false }),
      () => current && setState({ importing: false }) // Who may not list them is not offered to import them.
    );
    return () => {
      current = false;
    };
  }, []);
  const run = async () => {
    setState((before) => ({ ...before, importing: true, fault: undefined }));
    try {
      for (const { path } of await listed()) {
        await send('/api/dashboards/import', { pluginId: PLUGIN, path, overwrite: true, inputs: [], folderId: 0 });
      }
      setState({ dashboards: await listed(), importing: false });
    } catch (error) {
      setState((before) => ({ ...before, importing: false, fault: faultText(error) }));
    }
  };
  return [state, run];
}

/** listed asks Grafana for the dashboards of the plugin. */
async function listed(): Promise<PluginDashboard[]> {
  return (await send<PluginDashboard[]>(`/api/plugins/${PLUGIN}/dashboards`)) ?? [];
}

async function send<T>(url: string, data?: object): Promise<T> {
  const method = data ? 'POST' : 'GET';
  return (await lastValueFrom(getBackendSrv().fetch<T>({ url, method, data, showErrorAlert: false }))).data;
}
