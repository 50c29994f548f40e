import { createTheme, DataSourceInstanceSettings } from '@grafana/data';
import { GlobalStyles, PortalContainer, ThemeContext } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { CerDataSource } from '../../src/datasource';
import { CerOptions } from '../../src/types';
import { ConfigPage } from './ConfigPage';
import { QueryPage } from './QueryPage';
import { provideServices, send } from './services';
import { VariablePage } from './VariablePage';

const PAGES = { config: ConfigPage, query: QueryPage, variable: VariablePage };

/** What a page is given. */
export interface PageProps {
  settings: DataSourceInstanceSettings<CerOptions>;
  dataSource: CerDataSource;
  params: URLSearchParams;
}

/** Shows the editor that the address asks for: ?editor=config|query|variable, &theme=dark|light, and what the page takes. */
async function main() {
  const params = new URLSearchParams(window.location.search);
  provideServices(JSON.parse(params.get('variables') ?? '{}'));
  const uid = params.get('uid');
  const { data: settings } = await send<DataSourceInstanceSettings<CerOptions>>({ url: `/api/datasources/uid/${uid}` });
  const Page = PAGES[params.get('editor') as keyof typeof PAGES];
  const theme = createTheme({ colors: { mode: params.get('theme') === 'light' ? 'light' : 'dark' } });
  document.body.className = `theme-${theme.colors.mode}`;
  createRoot(document.getElementById('page')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Page settings={settings} dataSource={new CerDataSource(settings)} params={params} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

void main();
