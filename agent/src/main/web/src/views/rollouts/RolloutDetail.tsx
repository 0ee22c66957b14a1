import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { planLevel, type GroupDocument, type Report } from '../../fleet/rollout';
import { Badge, Mark } from '../../ui/Badge';
import { ago, count, moment, plural } from '../../common/format';
import { percent } from '../../ui/numbers';
import { href } from '../../ui/router';
import { Row } from '../../ui/Row';
import { VirtualList } from '../../ui/VirtualList';
import { Verbs, type Props as VerbsProps } from './Verbs';
import { useMembers, type Member } from './useMembers';

/** A controller writes its counts down every 30 s (agent/docs/protocol.md, "Plan"); after two of them it may be gone. */
const STALE_MS = 60_000;

/** One document: its rollout, and what became of it on every device of the group. */
export function RolloutDetail({ document }: { readonly document: GroupDocument }): JSX.Element {
  const members = useMembers(document);
  const { group, name, plan, services, candidate, revision } = document;
  return (
    <main class="rollout">
      <div class="row">
        <h1>
          {name} <span class="soft">@{group}</span>
        </h1>
        {plan !== undefined && <Badge level={planLevel(plan)} text={plan.state} />}
        <span class="soft">revision {revision ?? '?'}</span>
      </div>
      <div class="panel">
        {plan !== undefined && <PlanDetail document={document} plan={plan} members={members} />}
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
      <Devices newest={revision} members={members} />
    </main>
  );
}

function PlanDetail({ document, plan, members }: VerbsProps): JSX.Element {
  const { state, steps, step, stoppedBy, reason, updatedAt } = plan;
  const isAlone = state === 'running' && Date.now() - (updatedAt ?? 0) > STALE_MS;
  const current = state === 'succeeded' ? Infinity : step;
  const { share } = document;
  return (
    <>
      {stoppedBy !== '' && (
        <p>
          Stopped by {stoppedBy}: {reason || 'nobody says why'}.
        </p>
      )}
      <ol class="steps" aria-label="steps">
        {steps.map((each, i) => (
          <li key={i} class={i + 1 < current ? 'over' : ''} aria-current={i + 1 === current ? 'step' : undefined}>
            {percent(each)}
            {i + 1 === current && share !== each && share > 0 && ` (now ${percent(share)})`}
          </li>
        ))}
      </ol>
      <p class="soft">
        Begun {moment(plan.startedAt)} by {plan.startedBy}; steered by {plan.controller.by}, who wrote {ago(updatedAt)} ago.
      </p>
      {(isAlone || state === 'paused') && (
        <p>
          {isAlone && 'Nobody may be steering it. '}Go on from any machine with{' '}
          <code>
            efka rollout resume {document.name} --group {document.group}
          </code>
        </p>
      )}
      <Verbs document={document} plan={plan} members={members} />
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

/** What is counted and can be chosen: the outcomes of a device, each with its level, and who tries the candidate. */
const CHIPS = [
  ['done', 'good'],
  ['updating', 'busy'],
  ['failed', 'bad'],
  ['candidate', undefined],
] as const;

/** How the devices of the group stand, and each of them. */
function Devices({ newest, members }: { readonly newest: number | undefined; readonly members: readonly Member[] }): JSX.Element {
  const [filter, setFilter] = useState('');
  const reports = members.map(({ report }) => report).filter((report) => report !== undefined);
  const of = (what: string): readonly Report[] => reports.filter(({ outcome, track }) => what === '' || outcome === what || track === what);
  const silent = members.length - reports.length;
  return (
    <div class="panel devices">
      <h2>{plural(members.length, 'device')} of the group</h2>
      <div class="bar" aria-hidden="true">
        {CHIPS.slice(0, 3).map(([what, level]) => (
          <i key={what} class={level} style={{ flexGrow: of(what).length }} />
        ))}
        <i style={{ flexGrow: silent }} />
      </div>
      <div class="row chips" role="group" aria-label="filter devices">
        {CHIPS.map(([what, level]) => (
          <button key={what} aria-pressed={filter === what} onClick={() => setFilter(filter === what ? '' : what)}>
            {level !== undefined && <Mark level={level} />} {count(of(what).length)} {what}
          </button>
        ))}
        {silent > 0 && <span class="soft">{count(silent)} say nothing of it</span>}
      </div>
      <VirtualList
        label="devices"
        items={of(filter)}
        keyOf={({ device }) => device}
        rowHeight={40}
        draw={({ device, level, state, since, track, revision, error, drift }) => (
          <Row
            path={['device', device]}
            name={<strong>{device}</strong>}
            level={level}
            state={state}
            since={since}
            what={track + (revision === newest ? '' : `, revision ${revision}`)}
            why={error + (drift === 0 ? '' : ` drift: ${plural(drift, 'key')}`)}
          />
        )}
      />
    </div>
  );
}
