import { Alert, Button, LinkButton } from '@grafana/ui';
import React from 'react';
import { useDashboards } from '../hooks/useDashboards';
import { labels } from '../labels';

/** A button that imports the dashboards which the plugin comes with, and then links to them. */
export function ImportDashboards() {
  const [{ importing, imported = [], fault }, run] = useDashboards();
  return (
    <section aria-label={labels.dashboards.title}>
      <h3>{labels.dashboards.title}</h3>
      <p>{labels.dashboards.explanation}</p>
      <Button type="button" variant="secondary" disabled={importing} onClick={run}>
        {labels.dashboards.import}
      </Button>
      {fault && <Alert severity="warning" title={labels.dashboards.failed(fault)} />}
      <div role="status" aria-label={labels.dashboards.imported}>
        {imported.map(({ title, path, importedUrl }) => (
          <LinkButton key={path} href={importedUrl} fill="text">
            {title}
          </LinkButton>
        ))}
      </div>
    </section>
  );
}
