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
import { planText, shareText, stepText } from './words';

interface Props {
  readonly document: GroupDocument;
}

/** A controller writes its counts down every 30 s (agent/docs/protocol.md, "Plan"); after two of them it may be gone. */
const STALE_MS = 60_000;

/** One document: its rollout, and what became of it on every device of the group. */
export function RolloutDetail({ document }: Props): JSX.Element {
  const app = useApp();
  const fleet = useFleet();
  const { group, name, plan } = document;
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
      {plan !== undefined && <PlanPanel document={document} plan={plan} reports={reports} />}
      <div class="panel">
        <h2>Services</h2>
        <Services document={document} />
      </div>
      <Devices document={document} reports={reports.list()} total={devices.length} />
      <details class="panel">
        <summary>The document</summary>
        <pre tabIndex={0}>{document.source.slice(0, 100_000)}</pre>
      </details>
    </main>
  );
}

function PlanPanel({ document, plan, reports }: { readonly document: GroupDocument; readonly plan: Plan; readonly reports: Reports }): JSX.Element {
  const isAlone = plan.state === 'running' && Date.now() - (plan.updatedAt ?? 0) > STALE_MS;
  const command = `efka rollout resume ${document.name}${document.group === 'all' ? '' : ` --group ${document.group}`}`;
  return (
    <div class="panel">
      <p>{planText(plan)}</p>
      <Steps plan={plan} share={document.share} />
      <p class="soft">
        Begun {moment(plan.startedAt)} by {plan.startedBy || 'somebody'}; steered by {plan.controller.by || 'nobody'}
        {plan.updatedAt === undefined ? '' : `, who wrote ${ago(plan.updatedAt)} ago`}.
      </p>
      {(isAlone || plan.state === 'paused') && (
        <p>
          {isAlone ? 'Nobody may be steering it any more. Go on from any machine with ' : 'Go on from any machine with '}
          <code>{command}</code>
        </p>
      )}
      <Verbs document={document} plan={plan} reports={reports} />
      {plan.failed.size > 0 && (
        <>
          <h3>Failed</h3>
          <ul class="failed">
            {[...plan.failed].map(([device, why]) => (
              <li key={device}>
                <a href={href('device', device)}>{device}</a>: {why}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Steps({ plan, share }: { readonly plan: Plan; readonly share: number }): JSX.Element {
  const isOver = plan.state === 'succeeded';
  return (
    <ol class="steps" aria-label="steps">
      {plan.steps.map((step, i) => {
        const isNow = i + 1 === plan.step && !isOver;
        return (
          <li key={i} class={i + 1 < plan.step || isOver ? 'over' : ''} {...(isNow ? { 'aria-current': 'step' as const } : {})} title={stepText({ ...plan, step: i + 1 })}>
            {shareText(step)}
            {isNow && share !== step && share > 0 && <span class="soft"> at {shareText(share)}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function Services({ document }: Props): JSX.Element {
  const { plan, services, candidate } = document;
  const ids = [...new Set([...services.keys(), ...candidate.keys()])].sort();
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="services of the document">
      <table>
        <thead>
          <tr>
            <th>Service</th>
            <th>Release</th>
            <th>Candidate</th>
            <th>Before the rollout</th>
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <tr key={id}>
              <td>{id}</td>
              <td class="mono">{services.get(id) ?? ''}</td>
              <td class="mono">{candidate.get(id) ?? ''}</td>
              <td class="mono">{plan?.previous.get(id) ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const OUTCOMES: readonly Outcome[] = ['done', 'updating', 'failed'];

/** How the devices of the group stand, and each of them. */
function Devices({ document, reports, total }: Props & { readonly reports: readonly Report[]; readonly total: number }): JSX.Element {
  const [filter, setFilter] = useState<Outcome | 'candidate' | ''>('');
  const candidates = reports.filter((report) => report.track === 'candidate');
  const counts = new Map(OUTCOMES.map((outcome) => [outcome, reports.filter((report) => report.outcome === outcome).length]));
  const silent = Math.max(0, total - reports.length);
  const shown = filter === '' ? reports : filter === 'candidate' ? candidates : reports.filter((report) => report.outcome === filter);
  const press = (value: typeof filter) => ({ 'aria-pressed': filter === value, onClick: () => setFilter(filter === value ? '' : value) });
  return (
    <div class="panel devices">
      <h2>{plural(total, 'device')} of the group</h2>
      <div class="bar" role="img" aria-label={OUTCOMES.map((outcome) => `${counts.get(outcome)} ${outcome}`).join(', ')}>
        {OUTCOMES.map((outcome) => (
          <i key={outcome} class={OUTCOME_LEVELS[outcome]} style={{ flexGrow: counts.get(outcome) ?? 0 }} />
        ))}
        <i style={{ flexGrow: silent }} />
      </div>
      <div class="row chips" role="group" aria-label="filter devices">
        {OUTCOMES.map((outcome) => (
          <button key={outcome} type="button" {...press(outcome)}>
            <Mark level={OUTCOME_LEVELS[outcome]} /> {count(counts.get(outcome) ?? 0)} {outcome}
          </button>
        ))}
        {document.plan !== undefined && (
          <button type="button" {...press('candidate')}>
            {count(candidates.length)} with the candidate
          </button>
        )}
        {silent > 0 && <span class="soft">{count(silent)} said nothing of it yet</span>}
      </div>
      <VirtualList label="devices" items={shown} keyOf={(report) => report.device} rowHeight={40} draw={(report) => <ReportRow report={report} newest={document.revision} />} />
    </div>
  );
}

function ReportRow({ report, newest }: { readonly report: Report; readonly newest: number | undefined }): JSX.Element {
  return (
    <a class="report-row" href={href('device', report.device)} title={report.error}>
      <span class="service-name">
        <strong>{report.device}</strong>
      </span>
      <span>
        <Badge level={OUTCOME_LEVELS[report.outcome]} text={report.state} />
      </span>
      <span class="soft">
        {report.track}
        {report.revision !== newest && report.revision !== undefined ? `, revision ${report.revision}` : ''}
      </span>
      <span class="soft wide">{ago(report.since)}</span>
      <span class="why">
        {report.error}
        {report.drift > 0 ? ` drift: ${plural(report.drift, 'key')}` : ''}
      </span>
    </a>
  );
}
