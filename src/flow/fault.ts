import { labels } from '../labels';

/** faultText is the sentence of an error: the backend's own words where it said any. */
export function faultText(error: unknown): string {
  const fault = error as { data?: { message?: string; error?: string }; message?: string; statusText?: string } | null;
  return fault?.data?.message || fault?.data?.error || fault?.message || fault?.statusText || labels.unknownFault;
}
