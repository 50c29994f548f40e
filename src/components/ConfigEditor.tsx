import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Alert, DataSourceHttpSettings } from '@grafana/ui';
import React, { useRef } from 'react';
import { labels } from '../labels';
import { CerOptions } from '../types';
import { CatalogSettings } from './CatalogSettings';
import { StoreSettings } from './StoreSettings';

type Props = DataSourcePluginOptionsEditorProps<CerOptions>;

/** The settings of the data source: connection and authentication, how the store is asked, and the catalog. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  // The code editor calls back whenever it likes; what it changes must be added to the newest settings.
  const newest = useRef(options);
  newest.current = options;
  const change = (jsonData: Partial<CerOptions>) => {
    newest.current = { ...newest.current, jsonData: { ...newest.current.jsonData, ...jsonData } };
    onOptionsChange(newest.current);
  };
  const readOnly = Boolean(options.readOnly);
  return (
    <div>
      {readOnly && <Alert severity="info" title={labels.config.readOnly} />}
      <DataSourceHttpSettings
        defaultUrl="http://localhost:9090"
        dataSourceConfig={options}
        showForwardOAuthIdentityOption
        secureSocksDSProxyEnabled={config.secureSocksDSProxyEnabled}
        onChange={onOptionsChange}
      />
      <StoreSettings options={options.jsonData} readOnly={readOnly} onChange={change} />
      <CatalogSettings
        uid={options.uid}
        version={options.version}
        options={options.jsonData}
        readOnly={readOnly}
        onChange={change}
      />
    </div>
  );
}
