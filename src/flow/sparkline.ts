/** The size of a picture in pixels, and the numbers at its lower and its upper edge. */
export interface Frame {
  width: number;
  height: number;
  /** 0 by default. */
  min?: number;
  /** The highest value by default. */
  max?: number;
}

/** By how many pixels lines stay away from the edges, so that they are drawn whole. */
const MARGIN = 1;

/** linesOf returns the points of lines through values at equal distances, in SVG's form: one for each stretch without a gap. */
export function linesOf(values: Array<number | null>, { width, height, min = 0, max }: Frame): string[] {
  const top = max ?? Math.max(min, ...values.filter((value): value is number => value !== null));
  const x = (i: number) => MARGIN + ((width - 2 * MARGIN) * i) / Math.max(values.length - 1, 1);
  const y = (value: number) => {
    const share = top > min ? (Math.min(Math.max(value, min), top) - min) / (top - min) : 0;
    return height - MARGIN - (height - 2 * MARGIN) * share;
  };
  const lines: string[][] = [[]];
  values.forEach((value, i) => {
    if (value === null) {
      lines.push([]);
    } else {
      lines[lines.length - 1].push(`${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    }
  });
  // A line of one point has no length; with round ends it is a dot all the same.
  return lines.filter((points) => points.length > 0).map((points) => [points[0], ...points].join(' '));
}
