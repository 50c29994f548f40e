import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';

/** post asks a resource of a saved data source. Grafana shows no message of its own where that fails. */
export async function post<T>(uid: string, resource: string, data: unknown): Promise<T> {
  const response = await lastValueFrom(
    getBackendSrv().fetch<T>({
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/${resource}`,
      method: 'POST',
      data,
      showErrorAlert: false,
    })
  );
  return response.data;
}
