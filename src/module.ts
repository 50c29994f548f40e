import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { QueryHelp } from './components/QueryHelp';
import { CerDataSource } from './datasource';
import { CerOptions, CerQuery } from './types';

/** What Grafana loads. */
export const plugin = new DataSourcePlugin<CerDataSource, CerQuery, CerOptions>(CerDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryHelp);
