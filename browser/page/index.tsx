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

const root = createRoot(document.getElementById('page')!);
let shown = 0;

/**
 * show puts a new editor on the page: ?editor=config|query|variable, &theme=dark|light, &uid= of the data source, and what
 * the editor's page takes.
 */
async function show(search: string) {
  const params = new URLSearchParams(search);
  provideServices(JSON.parse(params.get('variables') ?? '{}'));
  const { data: settings } = await send<DataSourceInstanceSettings<CerOptions>>({
    url: `/api/datasources/uid/${params.get('uid')}`,
  });
  const Page = PAGES[params.get('editor') as keyof typeof PAGES];
  const theme = createTheme({ colors: { mode: params.get('theme') === 'light' ? 'light' : 'dark' } });
  document.body.className = `theme-${theme.colors.mode}`;
  shown++;
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Page key={shown} settings={settings} dataSource={new CerDataSource(settings)} params={params} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

// Tests show one editor after the other on the same page, since loading it takes longer than they do.
Object.assign(window, { show });
void show(window.location.search);
