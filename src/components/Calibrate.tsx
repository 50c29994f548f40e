import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Backtest, Calibration, Incident, placeOf, Replay } from '../flow/calibration';
import { percent } from '../flow/settings';
import { useAsk } from '../hooks/useAsk';
import { labels } from '../labels';
import { Disclosure } from './Disclosure';
import { Notices } from './Notices';

/** How wide a time line is, and at least an incident on it, in pixels. */
const WIDTH = 160;
const MIN_WIDTH = 2;

interface Props {
  uid: string;
  flow: string;
  /** The definition of the catalog, which need not be saved; none for the saved catalog. */
  definition?: string;
  /** Writes an objective into the definition; none where it can't be changed. */
  onObjective?: (objective: number) => void;
}

/** Buttons that ask which objective fits a flow, and what its policies would have done, with the answers below. */
export function Calibrate({ uid, flow, definition, onObjective }: Props) {
  const styles = useStyles2(getStyles);
  const text = labels.calibrate;
  const [calibration, calibrate, endCalibration] = useAsk<Calibration>(uid, 'calibrate');
  const [backtest, replay, endBacktest] = useAsk<Backtest>(uid, 'backtest');
  const body = { flow, ...(definition !== undefined && { definition }) };
  // What ends asking also forgets the fault, and keeps an answer.
  const cancel = () => {
    endCalibration();
    endBacktest();
  };
  const asking = calibration.asking || backtest.asking;
  const fault = calibration.fault ?? backtest.fault;
  const tools = [
    { name: text.ask, label: text.of(flow), endOther: endBacktest, ask: calibrate },
    { name: text.backtest, label: text.backtestOf(flow), endOther: endCalibration, ask: replay },
  ];
  return (
    <div>
      {tools.map(({ name, label, endOther, ask }) => (
        <Button
          key={name}
          type="button"
          size="sm"
          fill="text"
          aria-label={label}
          disabled={asking}
          onClick={() => {
            endOther();
            ask(body);
          }}
        >
          {name}
        </Button>
      ))}
      <div role="status" aria-busy={asking}>
        {asking && (
          <span className={styles.busy}>
            {text.asking}{' '}
            <Button type="button" size="sm" variant="secondary" onClick={cancel}>
              {text.cancel}
            </Button>
          </span>
        )}
        {fault && <Alert severity="warning" title={text.failed(fault)} />}
        {calibration.answer && <Objectives answer={calibration.answer} onObjective={onObjective} />}
        {backtest.answer && <Replays answer={backtest.answer} />}
      </div>
    </div>
  );
}

/** Which objectives would have been kept, how much of the budget would be left, and how often each would have paged. */
function Objectives({ answer, onObjective }: { answer: Calibration; onObjective?: Props['onObjective'] }) {
  const styles = useStyles2(getStyles);
  const text = labels.calibrate;
  const { recommended } = answer;
  const isStated = answer.rows.some(({ objective, stated }) => stated && objective === recommended);
  return (
    <>
      <Notices title={text.notices} notices={answer.notices} />
      <p>{answer.reason}</p>
      <table className={styles.table} aria-label={text.objectives(answer.flow)}>
        <caption className={styles.caption}>{text.over(answer.knownDays, answer.days)}</caption>
        <thead>
          <tr>
            {[text.objective, text.left, text.pages, text.tickets].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map(({ objective, stated, kept, left, pages, tickets }) => (
            <tr key={objective} className={objective === recommended ? styles.recommended : undefined}>
              <th scope="row">
                {percent(objective, 3)} {stated && <small>{text.stated}</small>}
              </th>
              <td className={kept === false ? styles.missed : undefined}>{left === null ? '' : percent(left, 0)}</td>
              <td>{kept === null ? '' : pages}</td>
              <td>{kept === null ? '' : tickets}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {recommended !== null && onObjective && !isStated && (
        <Button type="button" size="sm" onClick={() => onObjective(recommended)}>
          {text.use(percent(recommended, 3))}
        </Button>
      )}
    </>
  );
}

/** What the policies of the saved catalog would have done, and those of the definition. */
function Replays({ answer }: { answer: Backtest }) {
  const styles = useStyles2(getStyles);
  const text = labels.calibrate;
  const sides = [
    { name: text.saved, replay: answer.saved },
    { name: text.changed, replay: answer.changed },
  ].flatMap(({ name, replay }) => (replay ? [{ name, replay }] : []));
  return (
    <>
      <Notices title={text.notices} notices={answer.notices} />
      <table className={styles.table} aria-label={text.replays}>
        <caption className={styles.caption}>{text.lastDays(answer.days)}</caption>
        <thead>
          <tr>
            {['', text.pages, text.tickets, text.timeOf, text.unknown, text.incidents].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sides.map(({ name, replay }) => (
            <ReplayRow key={name} name={name} replay={replay} of={answer} />
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What the policies of one catalog would have done, with the incidents on a time line and in a list. */
function ReplayRow({ name, replay, of }: { name: string; replay: Replay; of: Backtest }) {
  const styles = useStyles2(getStyles);
  const text = labels.calibrate;
  const { pages, tickets, minutes, incidents } = replay;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{pages}</td>
      <td>{tickets}</td>
      <td>{text.minutes(minutes.page, minutes.ticket)}</td>
      <td>{text.minutes(minutes.unknown)}</td>
      <td>
        <svg
          role="img"
          aria-label={text.timeline(name, incidents.length)}
          width={WIDTH}
          height={12}
          className={styles.line}
        >
          {incidents.map((incident) => (
            <Mark key={`${incident.from} ${incident.severity}`} incident={incident} of={of} />
          ))}
        </svg>
        {incidents.length > 0 && (
          <Disclosure showLabel={text.listOf(name)} hideLabel={text.hideList}>
            {() => (
              <ul aria-label={text.incidents}>
                {incidents.map((incident) => (
                  <li key={`${incident.from} ${incident.severity}`}>{text.incident(incident)}</li>
                ))}
              </ul>
            )}
          </Disclosure>
        )}
      </td>
    </tr>
  );
}

/** An incident on a time line, in sight however short it was and however late it began. */
function Mark({ incident, of }: { incident: Incident; of: Backtest }) {
  const styles = useStyles2(getStyles);
  const { start, length } = placeOf(incident, of);
  const width = Math.max(WIDTH * length, MIN_WIDTH);
  return (
    <rect x={Math.min(WIDTH * start, WIDTH - width)} width={width} height={12} className={styles[incident.severity]}>
      <title>{labels.calibrate.incident(incident)}</title>
    </rect>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  busy: css({ color: theme.colors.text.secondary }),
  table: css({ 'th, td': { padding: theme.spacing(0.25, 1.5, 0.25, 0), textAlign: 'left', fontWeight: 'normal' } }),
  caption: css({ captionSide: 'top', textAlign: 'left', color: theme.colors.text.secondary, padding: 0 }),
  recommended: css({
    background: theme.colors.background.secondary,
    outline: `1px solid ${theme.colors.success.border}`,
  }),
  missed: css({ color: theme.colors.warning.text }),
  line: css({ background: theme.colors.action.hover }),
  page: css({ fill: theme.colors.error.main }),
  ticket: css({ fill: theme.colors.warning.main }),
});
