import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Reports } from '../../fleet/reports';
import { ALLOWED, apply, end, type Operator, type Verb } from '../../fleet/rolloutVerbs';
import type { GroupDocument, Plan } from '../../fleet/rollout';
import { useAct } from '../../ui/actions';
import { useApp, useFleet } from '../../ui/app';

interface Props {
  readonly document: GroupDocument;
  readonly plan: Plan;
  readonly reports: Reports;
}

const QUESTIONS: Readonly<Record<Verb, string>> = {
  pause: 'No further device gets the candidate; those that have it keep it.',
  abort: 'All devices go back at once. Services are restarted.',
  promote: 'All devices get the candidate at once. Services are restarted.',
  undo: 'All devices go back at once. Services are restarted.',
};

const VERBS: readonly Verb[] = ['pause', 'promote', 'abort', 'undo'];

/** What can be done to a rollout in its state. */
export function Verbs({ document, plan, reports }: Props): JSX.Element {
  const app = useApp();
  const act = useAct();
  const operator = useMemo(() => operatorOf(app.link.address.username), [app]);
  useEndOfWayBack(document, plan, reports, operator);

  const publish = async (change: () => string): Promise<void> => {
    const topic = app.topics.of('group', document.group, 'desired', document.name);
    await app.link.publish(topic, change(), { retain: true });
  };
  const name = `${document.name} @${document.group}`;
  return (
    <div class="buttons">
      {VERBS.filter((verb) => ALLOWED[verb].includes(plan.state)).map((verb) => (
        <button
          key={verb}
          type="button"
          disabled={app.link.state.kind !== 'online'}
          onClick={() =>
            act({
              title: `${verb} ${name}`,
              question: QUESTIONS[verb],
              run: async () => {
                await publish(() => apply(verb, document.source, operator, 'on the page', new Date()));
                return { isOk: true, code: '', message: '', fields: { outcome: 'the broker has the document' } };
              },
            })
          }
        >
          {verb[0]?.toUpperCase() + verb.slice(1)}
        </button>
      ))}
    </div>
  );
}

function operatorOf(username: string): Operator {
  const id = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(16) ?? '0';
  return { by: username === '' ? 'page' : `${username}@page`, id };
}

/** Says that an abort or undo of this page is over when all devices are back, as `efka rollout` does. */
function useEndOfWayBack(document: GroupDocument, plan: Plan, reports: Reports, operator: Operator): void {
  const app = useApp();
  const fleet = useFleet();
  const isMine = plan.controller.id === operator.id && (plan.state === 'aborting' || plan.state === 'undoing');
  const stuck = new Map<string, string>();
  let isBack = isMine;
  if (isMine) {
    for (const device of fleet.list()) {
      if (!device.isOnline || device.birth?.groups.includes(document.group) !== true) continue;
      const report = reports.get(device.id);
      if (report?.revision !== document.revision || report?.outcome === 'updating') isBack = false;
      else if (report?.outcome === 'failed') stuck.set(device.id, report.error);
    }
  }
  useEffect(() => {
    if (!isBack) return;
    const topic = app.topics.of('group', document.group, 'desired', document.name);
    // If it does not arrive, `efka rollout resume` says it.
    app.link.publish(topic, end(document.source, operator, stuck, new Date()), { retain: true }).catch(() => undefined);
  }, [isBack]);
}
