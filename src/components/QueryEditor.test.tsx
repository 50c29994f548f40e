import { CoreApp, DataSourceInstanceSettings, PanelData } from '@grafana/data';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { CerDataSource } from '../datasource';
import { complete, defaultQuery } from '../flow/query';
import { answers, fetched, resetRuntime, sources, variables } from '../testing/runtime';
import { CerOptions, CerQuery } from '../types';
import { QueryEditor } from './QueryEditor';

const dataSource = new CerDataSource({ uid: 'u1', jsonData: {} } as DataSourceInstanceSettings<CerOptions>);

beforeEach(resetRuntime);

/** Shows the editor as Grafana does: it is handed back what it changes. */
async function show(query: Partial<CerQuery> = { measure: 'score' }, app?: CoreApp) {
  const onChange = jest.fn();
  const onRunQuery = jest.fn();
  const Host = () => {
    const [value, setValue] = useState<CerQuery>({ refId: 'A', ...query });
    const change = (to: CerQuery) => {
      onChange(to);
      setValue(to);
    };
    const data = { request: { intervalMs: 60_000 } } as PanelData;
    const props = { datasource: dataSource, query: value, app, data, onChange: change, onRunQuery };
    return <QueryEditor {...props} />;
  };
  render(<Host />);
  await waitFor(() => expect(fetched).toHaveBeenCalled());
  await screen.findByRole('status', { name: 'Shows' });
  return { onChange, onRunQuery, last: () => onChange.mock.calls[onChange.mock.calls.length - 1]?.[0] };
}

const choose = async (field: string, option: string) => {
  await userEvent.click(screen.getByRole('combobox', { name: field }));
  await userEvent.click(await screen.findByText(option));
};
const radio = (group: string, name: string) =>
  within(screen.getByRole('group', { name: group })).getByRole('radio', { name });
const openOptions = () => userEvent.click(screen.getByRole('button', { name: /^Options/ }));
const shows = () => screen.getByRole('status', { name: 'Shows' }).textContent;

test('says what the panel shows', async () => {
  await show({ measure: 'score', flows: ['checkout', 'search'], window: '5m' });
  expect(shows()).toBe('The score of checkout and search together over time, each point over 5 minutes.');
});

test('a change is saved complete and runs the query', async () => {
  const { onRunQuery, last } = await show();
  await userEvent.click(radio('Level', 'Flow'));
  expect(last()).toEqual(complete({ refId: 'A', measure: 'score', level: 'flow' }));
  expect(onRunQuery).toHaveBeenCalledTimes(1);
});

const levels = () => within(screen.getByRole('group', { name: 'Level' })).getAllByRole('radio');

test('the measure value has one level, which is not asked for', async () => {
  const { last } = await show();
  await choose('Measure', 'Value');
  expect(last()).toMatchObject({ measure: 'value', level: 'sli' });
  expect(screen.queryByRole('group', { name: 'Level' })).not.toBeInTheDocument();
});

test('only levels that a measure has are offered, and the one that the query has', async () => {
  await show({ measure: 'weight', level: 'overall' });
  expect(levels()).toHaveLength(4);
  await userEvent.click(radio('Level', 'Flow'));
  expect(levels()).toHaveLength(3);
  expect(radio('Level', 'Flow')).toBeChecked();
});

test('quantiles are chosen by their names or written, and left behind with the measure', async () => {
  const { last } = await show();
  expect(screen.queryByLabelText('Quantiles')).not.toBeInTheDocument();
  await choose('Measure', 'Quantiles');
  expect(last()).toMatchObject({ measure: 'quantile', level: 'sli', format: 'timeseries' });
  expect(shows()).toContain('The p50, p95 and p99 of each SLI of each flow over time');
  await choose('Quantiles', 'p90');
  expect(last().q).toEqual([0.5, 0.9, 0.95, 0.99]);
  await userEvent.type(screen.getByRole('combobox', { name: 'Quantiles' }), 'p99.5');
  await userEvent.click(await screen.findByText('Use p99.5'));
  expect(last().q).toEqual([0.5, 0.9, 0.95, 0.99, 0.995]);
  await userEvent.type(screen.getByRole('combobox', { name: 'Quantiles' }), '{backspace}');
  expect(last().q).toEqual([0.5, 0.9, 0.95, 0.99]);
  await choose('Measure', 'Value');
  expect(last().q).toBeUndefined();
});

test('times of incidents are asked for as one number', async () => {
  const { last } = await show();
  await choose('Measure', 'Time to recover');
  expect(last()).toMatchObject({ measure: 'ttr', level: 'overall', format: 'latest', window: 'auto' });
});

test('SLIs can be chosen at the level SLI only', async () => {
  await show();
  expect(screen.queryByLabelText('SLIs')).not.toBeInTheDocument();
  await userEvent.click(radio('Level', 'SLI'));
  expect(screen.getByRole('combobox', { name: 'SLIs' })).toBeEnabled();
});

test('a table takes every level, and is of every measure, of error budgets or of states', async () => {
  const { last } = await show({ measure: 'value', level: 'sli' });
  await userEvent.click(radio('Format', 'Table'));
  expect(radio('Level', 'Overall')).toBeEnabled();
  expect(screen.getByText('Every measure')).toBeInTheDocument();
  await choose('Measure', 'State');
  expect(last()).toMatchObject({ measure: 'state', level: 'flow', format: 'table' });
  expect(levels()).toHaveLength(2);
});

test('incidents are of states, and windows are those of policies', async () => {
  const { last } = await show({ measure: 'score', level: 'sli', window: '1h' });
  await userEvent.click(radio('Format', 'Incidents'));
  expect(last()).toMatchObject({ measure: 'state', level: 'flow', window: 'auto' });
  expect(screen.queryByLabelText('Measure')).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /^Options/ })).not.toBeInTheDocument();
  expect(shows()).toBe('The incidents of each flow, as the policies decide.');
});

test('the worst can be kept below the level overall', async () => {
  const { last } = await show();
  await openOptions();
  expect(screen.queryByLabelText('Limit to worst')).not.toBeInTheDocument();
  await userEvent.click(radio('Level', 'Flow'));
  await userEvent.type(screen.getByLabelText('Limit to worst'), '3');
  expect(last()).toMatchObject({ worst: 3 });
  expect(shows()).toContain('only the worst 3');
  await userEvent.clear(screen.getByLabelText('Limit to worst'));
  expect(last().worst).toBeUndefined();
});

test('answers can bear labels of flows', async () => {
  const { last } = await show({ level: 'flow' });
  await openOptions();
  await choose('Labels', 'owner');
  expect(last()).toMatchObject({ labels: ['owner'] });
});

test('flows of the catalog and variables of the dashboard are offered', async () => {
  variables.flow = 'x';
  const { last } = await show();
  await choose('Flows', 'checkout');
  await choose('Flows', '$flow');
  expect(last().flows).toEqual(['checkout', '$flow']);
});

test('a name that the catalog does not have is kept and marked', async () => {
  await show({ measure: 'score', flows: ['gone'] });
  expect(await screen.findByText('gone (not in the catalog)')).toBeInTheDocument();
});

test('a window can be written, and what is none can not be chosen', async () => {
  const { last } = await show();
  await openOptions();
  await userEvent.type(screen.getByRole('combobox', { name: 'Window' }), 'soon');
  expect(screen.getByText('Type a duration up to 90d, such as 45m or 6 hours')).toBeInTheDocument();
  await userEvent.clear(screen.getByRole('combobox', { name: 'Window' }));
  await userEvent.type(screen.getByRole('combobox', { name: 'Window' }), '45m');
  await userEvent.click(await screen.findByText('Use 45m'));
  expect(last().window).toBe('45m');
  await userEvent.type(screen.getByRole('combobox', { name: 'Window' }), '7 days');
  await userEvent.click(await screen.findByText('Use 7d'));
  expect(last().window).toBe('7d');
});

test('a score can be over weeks, its table not', async () => {
  const { last } = await show({ measure: 'score', level: 'flow' });
  await openOptions();
  await choose('Window', '7d');
  expect(last()).toMatchObject({ measure: 'score', window: '7d' });
  expect(shows()).toBe('The score of each flow over time, each point over 7 days.');
  await choose('Measure', 'Coverage');
  expect(last()).toMatchObject({ measure: 'coverage', window: 'auto' });
});

test('the legend is taken over when the field is left', async () => {
  const { onChange, last } = await show();
  await openOptions();
  await userEvent.type(screen.getByRole('combobox', { name: 'Legend' }), 'cer');
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.tab();
  expect(last().legend).toBe('cer');
});

test('the labels of the answer are on offer for the legend', async () => {
  await show({ measure: 'score', level: 'sli', by: ['region'] });
  await openOptions();
  const listed = screen.getByRole('combobox', { name: 'Legend' }).getAttribute('list') ?? '';
  const offered = document.getElementById(listed)?.querySelectorAll('option') ?? [];
  expect([...offered].map((option) => option.value)).toEqual([
    '{{flow}} {{sli}} {{region}}',
    '{{flow}}',
    '{{sli}}',
    '{{region}}',
  ]);
});

test('what does not go with a query is shown where the query has it, so that it can be taken out', async () => {
  const { last } = await show({ measure: 'score', level: 'flow', slis: ['success'], window: '1h', legend: '{{flow}}' });
  expect(screen.getByRole('button', { name: 'Options: window 1h, legend {{flow}}' })).toBeInTheDocument();
  await userEvent.click(screen.getAllByRole('button', { name: /^Remove/ })[0]);
  expect(last().slis).toEqual([]);
  expect(screen.queryByLabelText('SLIs')).not.toBeInTheDocument();
});

test('a query that an older version saved opens', async () => {
  await show({ measure: 'score', flows: 'checkout' as unknown as string[] });
  expect(shows()).toMatch(/^The score of checkout over time/);
});

describe('in an alert rule', () => {
  test('a new query asks for the newest states', async () => {
    const { last } = await show({}, CoreApp.UnifiedAlerting);
    expect(last()).toMatchObject({ measure: 'state', level: 'flow', format: 'latest' });
    expect(screen.queryByRole('radio', { name: 'Table' })).not.toBeInTheDocument();
  });

  test('the default query that Grafana shows is saved', async () => {
    const { onChange, last } = await show({ ...defaultQuery(CoreApp.UnifiedAlerting) }, CoreApp.UnifiedAlerting);
    expect(onChange).toHaveBeenCalledTimes(1);
    expect(last()).toMatchObject({ measure: 'state', level: 'flow', format: 'latest' });
  });

  test('a saved query stays as it is', async () => {
    const { onChange } = await show({ measure: 'score', level: 'flow' }, CoreApp.UnifiedAlerting);
    expect(onChange).not.toHaveBeenCalled();
    expect(radio('Format', 'Time series')).toBeChecked();
  });

  test('it says which numbers thresholds compare', async () => {
    await show({ measure: 'score', format: 'latest' }, CoreApp.UnifiedAlerting);
    expect(screen.getByText('Thresholds compare shares: 97% is 0.97.')).toBeInTheDocument();
  });

  test('variables are not offered', async () => {
    variables.flow = 'x';
    await show({ measure: 'score' }, CoreApp.UnifiedAlerting);
    await userEvent.click(screen.getByRole('combobox', { name: 'Flows' }));
    expect(screen.queryByText('$flow')).not.toBeInTheDocument();
  });
});

test('splits by a dimension and keeps cohorts, which are looked up when the choice opens', async () => {
  answers['cohorts?dimension=region'] = { values: ['eu', 'us', 'ap'] };
  answers.cohorts = { values: ['eu', 'us', 'ap'] };
  const { last } = await show({ measure: 'score', level: 'flow' });
  await choose('Split by', 'region');
  expect(last().by).toEqual(['region']);
  await choose('region =', 'ap');
  expect(last().where).toEqual({ region: ['ap'] });
  expect(shows()).toMatch(/^The score of each flow over time, by region \(region ap only\),/);
});

test('a burn rate has windows of its own, and a budget that of the catalog', async () => {
  const { last } = await show({ measure: 'score', level: 'flow', window: '5m' });
  await openOptions();
  await choose('Measure', 'Burn rate');
  await choose('Window', '3d');
  expect(last()).toMatchObject({ measure: 'burn', window: '3d' });
  await choose('Measure', 'Error budget');
  expect(last()).toMatchObject({ measure: 'budget', window: 'auto' });
  expect(screen.queryByLabelText('Window')).not.toBeInTheDocument();
});

test('a summary is of the score of the whole', async () => {
  const { last } = await show({ measure: 'value', level: 'sli', slis: ['success'] });
  await userEvent.click(radio('Format', 'Summary'));
  expect(last()).toMatchObject({ measure: 'score', level: 'overall', slis: [], format: 'summary' });
  expect(screen.queryByRole('group', { name: 'Level' })).not.toBeInTheDocument();
});

test('events are those of the whole catalog, and changes of it those of flows', async () => {
  await show({ measure: 'score', level: 'sli' });
  await userEvent.click(radio('Format', 'Events'));
  expect(shows()).toMatch(/^The events of the catalog/);
  expect(screen.getByLabelText('Flows')).toBeInTheDocument(); // Of which changes of the catalog are shown.
  for (const field of ['Level', 'SLIs', 'Split by', 'region =']) {
    expect(screen.queryByLabelText(field)).not.toBeInTheDocument();
  }
  expect(screen.queryByRole('button', { name: /^Options/ })).not.toBeInTheDocument();
});

describe('the verdict of a gate', () => {
  test('is guided: by its gate, with the cohorts of the gate as placeholders', async () => {
    const { last } = await show({ measure: 'score', level: 'sli', slis: ['success'] });
    expect(screen.queryByLabelText('Gate', { selector: 'input[role=combobox]' })).not.toBeInTheDocument();
    await choose('Measure', 'Verdict');
    expect(last()).toMatchObject({ measure: 'verdict', format: 'timeseries', level: 'overall', slis: [] });
    await userEvent.click(radio('Format', 'Latest'));
    await choose('Gate', 'checkout-canary');
    expect(last()).toMatchObject({ gate: 'checkout-canary' });
    expect(screen.getByRole('combobox', { name: 'Candidate' })).toHaveAttribute('placeholder', 'eu');
    expect(screen.getByRole('combobox', { name: 'Baseline' })).toHaveAttribute('placeholder', 'us');
    expect(screen.getByRole('combobox', { name: 'Since' })).toHaveAttribute('placeholder', 'start of the range');
    await userEvent.type(screen.getByRole('combobox', { name: 'Candidate' }), 'ap');
    await userEvent.type(screen.getByRole('combobox', { name: 'Since' }), 'event:deploys{Enter}');
    expect(last()).toMatchObject({ gate: 'checkout-canary', candidate: 'ap', since: 'event:deploys' });
    expect(shows()).toBe(
      'The verdict of the gate checkout-canary on ap against its baseline since the newest run of the event deploys.'
    );
    await userEvent.clear(screen.getByRole('combobox', { name: 'Candidate' }));
    await userEvent.tab();
    expect(last().candidate).toBeUndefined();
  });

  test('as a table of SLIs hides what a gate says itself', async () => {
    const { last } = await show({ measure: 'score', level: 'flow', flows: ['checkout'], window: '1h' });
    await userEvent.click(radio('Format', 'Gate'));
    expect(last()).toEqual(complete({ refId: 'A', format: 'gate', level: 'overall' }));
    for (const field of ['Measure', 'Level', 'Flows', 'SLIs', 'Split by']) {
      expect(screen.queryByLabelText(field)).not.toBeInTheDocument();
    }
    expect(screen.queryByRole('button', { name: /^Options/ })).not.toBeInTheDocument();
    expect(screen.getByLabelText('region =')).toBeEnabled();
    await userEvent.click(radio('Format', 'Time series'));
    expect(last()).toMatchObject({ measure: 'verdict', format: 'timeseries' });
    await userEvent.click(radio('Format', 'Table'));
    expect(last()).toMatchObject({ measure: 'score', format: 'table' });
  });

  test('rests on evidence, over time and of each SLI', async () => {
    const { last } = await show({ measure: 'verdict', format: 'timeseries', gate: 'checkout-canary' });
    expect(screen.queryByRole('group', { name: 'Level' })).not.toBeInTheDocument();
    await choose('Measure', 'Evidence of worse');
    await userEvent.click(radio('Level', 'SLI'));
    expect(last()).toMatchObject({ measure: 'evidence', level: 'sli', format: 'timeseries', gate: 'checkout-canary' });
    expect(levels()).toHaveLength(2);
    await userEvent.click(radio('Format', 'Summary'));
    expect(last()).toMatchObject({ measure: 'verdict', level: 'overall', format: 'summary', gate: 'checkout-canary' });
    expect(shows()).toBe('The reasons for the verdict of the gate checkout-canary since the start of the range.');
    await choose('Measure', 'Score');
    expect(last()).toMatchObject({ measure: 'score', format: 'summary' });
  });

  test('offers events, values of the compared dimension and variables', async () => {
    variables.release = 'v42';
    answers.cohorts = { values: ['eu', 'us', 'ap'] };
    await show({ format: 'gate', gate: 'checkout-canary' });
    const offered = (field: string) => {
      const list = screen.getByRole('combobox', { name: field }).getAttribute('list') ?? '';
      return [...(document.getElementById(list)?.querySelectorAll('option') ?? [])].map(({ value }) => value);
    };
    expect(offered('Since')).toEqual(['event:deploys', '$release']);
    await userEvent.click(screen.getByRole('combobox', { name: 'Candidate' }));
    await waitFor(() => expect(offered('Candidate')).toEqual(['$release', 'eu', 'us', 'ap']));
  });

  test('of a gate that compares nothing has no candidate', async () => {
    await show({ format: 'gate', gate: 'any-release' });
    await waitFor(() => expect(screen.queryByLabelText('Candidate')).not.toBeInTheDocument());
    expect(screen.queryByLabelText('Baseline')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Since')).toBeEnabled();
  });

  test('shows a candidate that the query names though its gate compares nothing', async () => {
    const { last } = await show({ format: 'gate', gate: 'any-release', candidate: 'eu' });
    await waitFor(() => expect(screen.queryByLabelText('Baseline')).not.toBeInTheDocument());
    await userEvent.clear(screen.getByLabelText('Candidate'));
    await userEvent.tab();
    expect(last().candidate).toBeUndefined();
  });

  test('marks a gate that the catalog does not have, and a start that is none', async () => {
    await show({ format: 'gate', gate: 'gone', since: 'yesterday' });
    expect(await screen.findByText('gone (not in the catalog)')).toBeInTheDocument();
    expect(screen.getByRole('combobox', { name: 'Since' })).toBeInvalid();
  });

  test('is a number for alert rules', async () => {
    const { last } = await show({ measure: 'score', format: 'latest' }, CoreApp.UnifiedAlerting);
    await choose('Measure', 'Verdict');
    await choose('Gate', 'checkout-canary');
    expect(last()).toMatchObject({ measure: 'verdict', format: 'latest', gate: 'checkout-canary' });
    expect(screen.queryByRole('radio', { name: 'Gate' })).not.toBeInTheDocument();
  });
});

test('the PromQL shows on demand, with variables replaced', async () => {
  variables.flow = 'search';
  answers.expand = [
    {
      flow: 'search',
      sli: 'success',
      window: '5m',
      formula: '#0/#1',
      queries: [{ name: '#0', promql: 'sum(rate(good[5m]))' }],
    },
  ];
  sources.push({ uid: 'p1', name: 'Metrics' });
  await show({ measure: 'score', flows: ['$flow'] });
  const button = screen.getByRole('button', { name: 'Show the PromQL behind it' });
  expect(button).toHaveAttribute('aria-expanded', 'false');
  await userEvent.click(button);
  expect(await screen.findByText('#0 = sum(rate(good[5m]))')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Copy this PromQL' })).toBeInTheDocument();
  const explore = screen.getByRole('link', { name: 'Open in Explore, with the data source Metrics' });
  expect(new URL(explore.getAttribute('href')!, 'http://grafana').searchParams.get('left')).toContain(
    '"expr":"sum(rate(good[5m]))"'
  );
  expect(fetched).toHaveBeenLastCalledWith(
    expect.objectContaining({
      data: expect.objectContaining({ flows: ['search'], window: 'auto', intervalMs: 60_000 }),
    })
  );
});

test('the PromQL shows the requests that are sent for several expressions, each once', async () => {
  const request = 'sum by (code) (rate(requests[5m]))';
  answers.expand = [
    {
      flow: 'search',
      sli: 'success',
      window: '5m',
      formula: '1 - #0/#1',
      queries: [
        { name: '#0', promql: 'sum(rate(requests{code="500"}[5m]))', request },
        { name: '#1', promql: 'sum(rate(requests[5m]))', request },
      ],
    },
  ];
  await show({});
  await userEvent.click(screen.getByRole('button', { name: 'Show the PromQL behind it' }));
  expect(await screen.findAllByText(request)).toHaveLength(1);
});

test('the PromQL of events is said to be theirs', async () => {
  answers.expand = [
    { of: 'event', name: 'deploys', formula: '#0', queries: [{ name: '#0', promql: 'changes(v[1m])' }] },
  ];
  await show({ format: 'events' });
  await userEvent.click(screen.getByRole('button', { name: 'Show the PromQL behind it' }));
  expect(await screen.findByText('#0 = changes(v[1m])')).toBeInTheDocument();
  expect(screen.getByText(/^Event deploys =/)).toBeInTheDocument();
});

test('no PromQL shows for a variable without a value, for which nothing is asked', async () => {
  variables.flow = [];
  await show({ measure: 'score', flows: ['$flow'] });
  await userEvent.click(screen.getByRole('button', { name: 'Show the PromQL behind it' }));
  expect(await screen.findByText('This query sends nothing to the store.')).toBeInTheDocument();
  expect(fetched).not.toHaveBeenCalledWith(expect.objectContaining({ method: 'POST' }));
});

test('without a catalog it says why, and names can still be written', async () => {
  answers.catalog = new Error('the data source has no catalog yet');
  const { last } = await show();
  expect(await screen.findByText(/no catalog yet/)).toBeInTheDocument();
  await userEvent.type(screen.getByRole('combobox', { name: 'Flows' }), 'login');
  await userEvent.click(await screen.findByText('Use login'));
  expect(last().flows).toEqual(['login']);
});

test('ad hoc filters of a saved query stay, are shown, and can be removed', async () => {
  const adhocFilters = [
    { key: 'region', operator: '!=', value: 'eu' },
    { key: 'tier', operator: '=~', value: 'g.*' },
  ];
  const { last } = await show({ measure: 'score', adhocFilters }, CoreApp.UnifiedAlerting);
  expect(shows()).toContain('(region!=eu and tier=~g.* only)');
  await userEvent.click(radio('Level', 'Flow'));
  expect(last().adhocFilters).toEqual(adhocFilters);
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter region!=eu' }));
  expect(last().adhocFilters).toEqual(adhocFilters.slice(1));
});
