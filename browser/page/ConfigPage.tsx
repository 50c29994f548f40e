import { DataSourceSettings } from '@grafana/data';
import { Alert, Button } from '@grafana/ui';
import React, { useState } from 'react';
import { ConfigEditor } from '../../src/components/ConfigEditor';
import { faultText } from '../../src/flow/fault';
import { CerOptions } from '../../src/types';
import { PageProps } from '.';
import { send } from './services';

interface Verdict {
  severity: 'success' | 'error';
  message: string;
}

/** The settings with Save & test below, as Grafana has it. With &new they belong to a data source not saved yet. */
export function ConfigPage({ settings, params }: PageProps) {
  const [options, setOptions] = useState({
    ...settings,
    uid: params.has('new') ? '' : settings.uid,
    secureJsonFields: {},
  } as unknown as DataSourceSettings<CerOptions>);
  const [verdict, setVerdict] = useState<Verdict>();
  const saveAndTest = async () => {
    setVerdict(undefined);
    const url = `/api/datasources/uid/${settings.uid}`;
    try {
      await send({ url, method: 'PUT', data: options });
      const { data } = await send<{ message: string }>({ url: `${url}/health` });
      setVerdict({ severity: 'success', message: data.message });
    } catch (error) {
      setVerdict({ severity: 'error', message: faultText(error) });
    }
  };
  return (
    <>
      <h1>Settings</h1>
      <ConfigEditor options={options} onOptionsChange={setOptions} />
      {verdict && <Alert severity={verdict.severity} title={verdict.message} />}
      <Button type="button" onClick={saveAndTest}>
        Save &amp; test
      </Button>
    </>
  );
}
