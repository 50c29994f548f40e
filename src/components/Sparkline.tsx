import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { linesOf } from '../flow/sparkline';

interface Props {
  /** Oldest first, at equal distances; null where there is none. */
  values: Array<number | null>;
  /** What the picture shows, in words. */
  label: string;
  width?: number;
  height?: number;
  /** The range of the values that fills the height; by default from 0 to their highest. */
  min?: number;
  max?: number;
}

/** The course of a number, small, with gaps where it is not known. */
export function Sparkline({ values, label, width = 96, height = 20, min, max }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <svg
      className={styles.picture}
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <title>{label}</title>
      {linesOf(values, { width, height, min, max }).map((points) => (
        <polyline key={points} points={points} className={styles.line} />
      ))}
    </svg>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  picture: css({ flexShrink: 0, verticalAlign: 'middle', background: theme.colors.action.hover }),
  line: css({ fill: 'none', stroke: theme.colors.primary.text, strokeWidth: 1.5, strokeLinecap: 'round' }),
});
