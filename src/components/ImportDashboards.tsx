import { Alert, Button, LinkButton } from '@grafana/ui';
import React from 'react';
import { useDashboards } from '../hooks/useDashboards';
import { labels } from '../labels';

/** A button that imports the dashboards which the plugin comes with, and links to those that are. */
export function ImportDashboards() {
  const [{ dashboards = [], importing, fault }, run] = useDashboards();
  if (dashboards.length === 0) {
    return null;
  }
  const imported = dashboards.filter(({ imported, importedUrl }) => imported && importedUrl);
  return (
    <section aria-label={labels.dashboards.title}>
      <h3>{labels.dashboards.title}</h3>
      <p>{labels.dashboards.explanation}</p>
      <Button type="button" variant="secondary" disabled={importing} onClick={run}>
        {imported.length > 0 ? labels.dashboards.again : labels.dashboards.import}
      </Button>
      {fault && <Alert severity="warning" title={labels.dashboards.failed(fault)} />}
      {imported.length > 0 && (
        <ul aria-label={labels.dashboards.imported}>
          {imported.map(({ title, path, importedUrl }) => (
            <li key={path}>
              <LinkButton href={importedUrl} fill="text" size="sm">
                {title}
              </LinkButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
