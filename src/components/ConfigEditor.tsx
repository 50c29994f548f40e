import { css } from '@emotion/css';
import { DataSourcePluginOptionsEditorProps, DataSourceSettings } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Alert, DataSourceHttpSettings } from '@grafana/ui';
import React, { useRef, useState } from 'react';
import { OtherSettings, stillDropped, takenOver } from '../flow/takeOver';
import { labels } from '../labels';
import { CerOptions } from '../types';
import { CatalogSettings } from './CatalogSettings';
import { ConnectionSettings } from './ConnectionSettings';
import { Disclosure } from './Disclosure';
import { ExemplarSettings } from './ExemplarSettings';
import { ImportDashboards } from './ImportDashboards';
import { StoreSettings } from './StoreSettings';

type Props = DataSourcePluginOptionsEditorProps<CerOptions>;

/** The settings of the data source: where the store is, the catalog, and closed below them what seldom changes. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  // The code editor calls back whenever it likes; what it changes must be added to the newest settings.
  const newest = useRef(options);
  newest.current = options;
  const update = (settings: DataSourceSettings<CerOptions>) => {
    newest.current = settings;
    onOptionsChange(newest.current);
  };
  const change = (jsonData: Partial<CerOptions>) =>
    update({ ...newest.current, jsonData: { ...newest.current.jsonData, ...jsonData } });
  // Grafana's form of authentication reads the headers only once.
  const [taken, setTaken] = useState(0);
  const takeOver = (other: OtherSettings) => {
    update(takenOver(newest.current, other));
    setTaken((times) => times + 1);
  };
  const readOnly = Boolean(options.readOnly);
  return (
    <div>
      {readOnly && <Alert severity="info" title={labels.config.readOnly} />}
      <ConnectionSettings settings={options} readOnly={readOnly} onChange={update} onTakeOver={takeOver} />
      <CatalogSettings
        uid={options.uid}
        version={options.version}
        options={options.jsonData}
        readOnly={readOnly}
        onChange={change}
      />
      <Disclosure showLabel={labels.config.auth} hideLabel={labels.config.auth}>
        {() => (
          <div className={withoutURL}>
            <DataSourceHttpSettings
              key={taken}
              defaultUrl=""
              dataSourceConfig={options}
              showForwardOAuthIdentityOption
              secureSocksDSProxyEnabled={config.secureSocksDSProxyEnabled}
              onChange={(settings) => update(stillDropped(newest.current, settings))}
            />
          </div>
        )}
      </Disclosure>
      <Disclosure showLabel={labels.config.advanced} hideLabel={labels.config.advanced}>
        {() => (
          <>
            <StoreSettings options={options.jsonData} readOnly={readOnly} onChange={change} />
            <ExemplarSettings
              destinations={options.jsonData.exemplarTraceIdDestinations ?? []}
              readOnly={readOnly}
              onChange={(exemplarTraceIdDestinations) => change({ exemplarTraceIdDestinations })}
            />
          </>
        )}
      </Disclosure>
      <ImportDashboards />
    </div>
  );
}

/** The address stands at the top of the page; Grafana's form can't leave it out. Hidden is what holds that input and no other. */
const url = 'input[aria-label="Datasource HTTP settings url"]';
const withoutURL = css({ [`div:has(${url}):not(:has(input:not(${url})))`]: { display: 'none' } });
