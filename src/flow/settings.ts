import { isDuration } from './window';

/** How many bytes of YAML the settings hold, since some of Grafana's databases cut the column. */
export const MAX_DEFINITION = 48 * 1024;

/** bytes is the length of a text in UTF-8. */
export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** isTooLong reports whether the settings can't hold a definition. */
export function isTooLong(definition: string): boolean {
  return bytes(definition) > MAX_DEFINITION;
}

/** isDurationSetting reports whether a setting can be saved: a duration, or nothing for the default. */
export function isDurationSetting(text = ''): boolean {
  return text.trim() === '' || isDuration(text);
}

/** wholeNumber reads a setting that is a whole number above 0; undefined stands for the default. */
export function wholeNumber(text: string): number | undefined {
  const n = Math.floor(Number(text));
  return n > 0 ? n : undefined;
}

/** How many bytes a MiB is. */
export const MIB = 1024 * 1024;

/** bytesOf reads a setting in MiB, of which 0 has a meaning; undefined stands for the default. */
export function bytesOf(mib: string): number | undefined {
  const n = Math.floor(Number(mib));
  return mib.trim() !== '' && n >= 0 ? n * MIB : undefined;
}

/** percent prints a share in [0,1]. */
export function percent(share: number, decimals = 1): string {
  return `${Number((100 * share).toFixed(decimals))}%`;
}
