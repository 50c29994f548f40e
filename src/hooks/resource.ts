import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom, map, Observable } from 'rxjs';

/**
 * posted asks a resource of a saved data source once it is subscribed to, and cancels that once it is unsubscribed from. Grafana
 * shows no message of its own where it fails.
 */
export function posted<T>(uid: string, resource: string, data: unknown): Observable<T> {
  const url = `/api/datasources/uid/${encodeURIComponent(uid)}/resources/${resource}`;
  const request = { url, method: 'POST', data, showErrorAlert: false };
  return getBackendSrv()
    .fetch<T>(request)
    .pipe(map((response) => response.data));
}

/** post asks a resource of a saved data source. */
export function post<T>(uid: string, resource: string, data: unknown): Promise<T> {
  return lastValueFrom(posted<T>(uid, resource, data));
}
