import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React from 'react';
import { severityOf } from '../flow/issues';
import { labels } from '../labels';
import { Issue } from '../types';

interface Props {
  issues: Issue[];
  /** Called with the issue whose place is asked for. */
  onClick: (issue: Issue) => void;
}

/** What is wrong with a definition; a click goes to the line. */
export function IssueList({ issues, onClick }: Props) {
  const styles = useStyles2(getStyles);
  if (issues.length === 0) {
    return null;
  }
  return (
    <ul className={styles.list} aria-label={labels.definition.issues}>
      {issues.map((issue, i) => (
        <li key={i}>
          <button type="button" className={styles.issue} onClick={() => onClick(issue)}>
            <span className={styles[severityOf(issue)]}>
              <Icon name={ICONS[severityOf(issue)]} />
            </span>{' '}
            {labels.definition.issue(issue)}
          </button>
        </li>
      ))}
    </ul>
  );
}

const ICONS = { hint: 'info-circle', warning: 'exclamation-triangle', error: 'exclamation-circle' } as const;

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', maxHeight: 240, overflow: 'auto' }),
  issue: css({
    width: '100%',
    padding: theme.spacing(0.5),
    border: 'none',
    background: 'none',
    color: theme.colors.text.primary,
    textAlign: 'left',
    overflowWrap: 'anywhere',
    '&:hover': { background: theme.colors.action.hover },
  }),
  hint: css({ color: theme.colors.info.text }),
  warning: css({ color: theme.colors.warning.text }),
  error: css({ color: theme.colors.error.text }),
});
