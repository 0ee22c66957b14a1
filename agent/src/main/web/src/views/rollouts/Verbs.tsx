import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { ALLOWED, apply, end, type Operator, type Verb } from '../../fleet/rolloutVerbs';
import type { GroupDocument, Plan } from '../../fleet/rollout';
import { useAct } from '../../ui/actions';
import { useApp } from '../../ui/app';
import type { Member } from './useMembers';

export interface Props {
  readonly document: GroupDocument;
  readonly plan: Plan;
  /** The devices of the group. */
  readonly members: readonly Member[];
}

const QUESTIONS: Readonly<Record<Verb, string>> = {
  pause: 'No further device gets the candidate; those that have it keep it.',
  abort: 'All devices go back at once. Services are restarted.',
  promote: 'All devices get the candidate at once. Services are restarted.',
  undo: 'All devices go back at once. Services are restarted.',
};

const VERBS = Object.keys(QUESTIONS) as readonly Verb[];

/** What can be done to a rollout in its state. */
export function Verbs({ document, plan, members }: Props): JSX.Element {
  const { link, topics } = useApp();
  const act = useAct();
  const operator = useMemo(() => operatorOf(link.address.username), [link]);
  const { group, name, source } = document;
  const publish = (changed: string): Promise<void> => link.publish(topics.of('group', group, 'desired', name), changed, { retain: true });

  // An abort or undo of this page is over when all devices are back; then it says so, as `efka rollout` does.
  const isMine = plan.controller.id === operator.id && /^(aborting|undoing)$/.test(plan.state);
  const online = members.filter(({ device }) => device.isOnline);
  const isBack = isMine && online.every(({ report }) => report?.revision === document.revision && report?.outcome !== 'updating');
  useEffect(() => {
    if (!isBack) return;
    const stuck = online.filter(({ report }) => report?.outcome === 'failed').map(({ device, report }) => [device.id, report?.error ?? ''] as const);
    // If it does not arrive, `efka rollout resume` says it.
    publish(end(source, operator, new Map(stuck), new Date())).catch(() => undefined);
  }, [isBack]);

  return (
    <div class="buttons">
      {VERBS.filter((verb) => ALLOWED[verb].includes(plan.state)).map((verb) => (
        <button
          key={verb}
          disabled={link.state.kind !== 'online'}
          onClick={() =>
            act({
              title: `${verb} ${name} @${group}`,
              question: QUESTIONS[verb],
              run: async () => {
                await publish(apply(verb, source, operator, 'on the page', new Date()));
                return { outcome: 'the broker has the document' };
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
