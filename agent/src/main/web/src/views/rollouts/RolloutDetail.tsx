import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Reports } from '../../fleet/reports';
import { OUTCOME_LEVELS, planLevel, type GroupDocument, type Outcome, type Plan, type Report } from '../../fleet/rollout';
import { Badge, Mark } from '../../ui/Badge';
import { useApp, useChanges, useFleet } from '../../ui/app';
import { ago, count, moment, plural } from '../../ui/format';
import { href } from '../../ui/router';
import { VirtualList } from '../../ui/VirtualList';
import { Verbs } from './Verbs';
import { planText, shareText } from './words';

interface Props {
  readonly document: GroupDocument;
}

/** A controller writes its counts down every 30 s (agent/docs/protocol.md, "Plan"); after two of them it may be gone. */
const STALE_MS = 60_000;

/** One document: its rollout, and what became of it on every device of the group. */
export function RolloutDetail({ document }: Props): JSX.Element {
  const app = useApp();
  const fleet = useFleet();
  const { group, name, plan, services, candidate } = document;
  const isRead = !fleet.completeness().isReading;
  const reports = useMemo(() => new Reports(app.topics, app.fleet, group, name), [app, group, name]);
  useEffect(() => (isRead ? reports.open(app.link) : undefined), [reports, isRead]);
  useChanges((changed) => reports.onChange(changed), [reports]);
  const devices = fleet.list().filter((device) => device.birth?.groups.includes(group));

  return (
    <main class="rollout">
      <div class="row">
        <h1>
          {name} <span class="soft">@{group}</span>
        </h1>
        {plan !== undefined && <Badge level={planLevel(plan)} text={plan.state} />}
        <span class="soft">revision {document.revision ?? '?'}</span>
        <a href={href('rollouts')}>All documents</a>
      </div>
      <div class="panel">
        {plan !== undefined && <PlanDetail document={document} plan={plan} reports={reports} />}
        <h2>Services</h2>
        <ul>
          {[...new Set([...services.keys(), ...candidate.keys()])].sort().map((id) => (
            <li key={id}>
              <strong>{id}</strong> {services.get(id) ?? 'none'}
              {candidate.has(id) && `; candidate ${candidate.get(id)}`}
              {plan?.previous.has(id) && `; before the rollout ${plan.previous.get(id)}`}
            </li>
          ))}
        </ul>
        <details>
          <summary>The document</summary>
          <pre class="text" tabIndex={0}>
            {document.source.slice(0, 100_000)}
          </pre>
        </details>
      </div>
      <Devices newest={document.revision} reports={reports.list()} total={devices.length} />
    </main>
  );
}

function PlanDetail({ document, plan, reports }: Props & { readonly plan: Plan; readonly reports: Reports }): JSX.Element {
  const isAlone = plan.state === 'running' && Date.now() - (plan.updatedAt ?? 0) > STALE_MS;
  return (
    <>
      <p>{planText(plan)}</p>
      <Steps plan={plan} share={document.share} />
      <p class="soft">
        Begun {moment(plan.startedAt)} by {plan.startedBy}; steered by {plan.controller.by}, who wrote {ago(plan.updatedAt)} ago.
      </p>
      {(isAlone || plan.state === 'paused') && (
        <p>
          {isAlone && 'Nobody may be steering it. '}Go on from any machine with{' '}
          <code>
            efka rollout resume {document.name} --group {document.group}
          </code>
        </p>
      )}
      <Verbs document={document} plan={plan} reports={reports} />
      {plan.failed.size > 0 && (
        <>
          <h2>Failed</h2>
          <ul class="failed">
            {[...plan.failed].map(([device, why]) => (
              <li key={device}>
                <a href={href('device', device)}>{device}</a>: {why}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Steps({ plan, share }: { readonly plan: Plan; readonly share: number }): JSX.Element {
  const step = plan.state === 'succeeded' ? Infinity : plan.step;
  return (
    <ol class="steps" aria-label="steps">
      {plan.steps.map((each, i) => (
        <li key={i} class={i + 1 < step ? 'over' : ''} aria-current={i + 1 === step ? 'step' : undefined}>
          {shareText(each)}
          {i + 1 === step && share !== each && share > 0 && ` (now ${shareText(share)})`}
        </li>
      ))}
    </ol>
  );
}

const OUTCOMES: readonly Outcome[] = ['done', 'updating', 'failed'];

/** How the devices of the group stand, and each of them. */
function Devices({ newest, reports, total }: { readonly newest: number | undefined; readonly reports: readonly Report[]; readonly total: number }): JSX.Element {
  const [filter, setFilter] = useState('');
  const is = (report: Report, what: string): boolean => what === '' || report.outcome === what || report.track === what;
  const counted = [...OUTCOMES, 'candidate'].map((what) => ({ what, number: reports.filter((report) => is(report, what)).length }));
  const silent = Math.max(0, total - reports.length);
  return (
    <div class="panel devices">
      <h2>{plural(total, 'device')} of the group</h2>
      <div class="bar" aria-hidden="true">
        {OUTCOMES.map((outcome, i) => (
          <i key={outcome} class={OUTCOME_LEVELS[outcome]} style={{ flexGrow: counted[i]?.number ?? 0 }} />
        ))}
        <i style={{ flexGrow: silent }} />
      </div>
      <div class="row chips" role="group" aria-label="filter devices">
        {counted.map(({ what, number }) => (
          <button key={what} type="button" aria-pressed={filter === what} onClick={() => setFilter(filter === what ? '' : what)}>
            {what !== 'candidate' && <Mark level={OUTCOME_LEVELS[what as Outcome]} />} {count(number)} {what}
          </button>
        ))}
        {silent > 0 && <span class="soft">{count(silent)} say nothing of it</span>}
      </div>
      <VirtualList
        label="devices"
        items={reports.filter((report) => is(report, filter))}
        keyOf={(report) => report.device}
        rowHeight={40}
        draw={(report) => <ReportRow report={report} newest={newest} />}
      />
    </div>
  );
}

function ReportRow({ report, newest }: { readonly report: Report; readonly newest: number | undefined }): JSX.Element {
  const { device, outcome, state, track, revision, since, error, drift } = report;
  return (
    <a class="service-row" href={href('device', device)} title={error}>
      <strong class="service-name">{device}</strong>
      <span>
        <Badge level={OUTCOME_LEVELS[outcome]} text={state} />
      </span>
      <span class="wide soft">{ago(since)}</span>
      <span class="wide soft">
        {track}
        {revision !== newest && `, revision ${revision}`}
      </span>
      <span class="why soft">
        {error}
        {drift > 0 && ` drift: ${plural(drift, 'key')}`}
      </span>
    </a>
  );
}
