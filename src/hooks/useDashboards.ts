import { getBackendSrv } from '@grafana/runtime';
import { useState } from 'react';
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

/** What became of the newest import. */
export interface DashboardsState {
  importing: boolean;
  imported?: PluginDashboard[];
  fault?: string;
}

/** useDashboards imports the dashboards of the plugin by the function that it returns: those of this version, over earlier and changed ones. */
export function useDashboards(): [DashboardsState, () => Promise<void>] {
  const [state, setState] = useState<DashboardsState>({ importing: false });
  const run = async () => {
    setState({ importing: true });
    try {
      for (const { path } of await listed()) {
        await send('/api/dashboards/import', { pluginId: PLUGIN, path, overwrite: true, inputs: [], folderId: 0 });
      }
      setState({ importing: false, imported: (await listed()).filter(({ imported }) => imported) });
    } catch (error) {
      setState({ importing: false, fault: faultText(error) });
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
