import type { JSX } from 'preact';
import { planLevel, type GroupDocument } from '../../fleet/rollout';
import { useTick } from '../../ui/app';
import { percent } from '../../ui/numbers';
import { Row } from '../../ui/Row';
import { VirtualList } from '../../ui/VirtualList';
import { RolloutDetail } from './RolloutDetail';
import { keyOf, useDocuments } from './useDocuments';

/** All documents that say what groups should be, with the rollouts in them; or one of them. */
export function RolloutsView({ group, name }: { readonly group?: string; readonly name?: string }): JSX.Element {
  const all = useDocuments();
  useTick(10_000);
  const one = all.find((each) => each.group === group && each.name === name);
  if (one !== undefined) return <RolloutDetail key={keyOf(one)} document={one} />;
  return (
    <main class="rollouts">
      <h1>Rollouts and documents</h1>
      {name !== undefined && (
        <p class="problem">
          There is no document {name} of the group {group}.
        </p>
      )}
      {all.length === 0 && (
        <p class="soft">
          No group has a document; <code>efka rollout start</code> makes one.
        </p>
      )}
      <VirtualList label="documents" items={all} keyOf={keyOf} rowHeight={46} draw={drawDocument} />
    </main>
  );
}

function drawDocument({ group, name, plan, share, services, isRemoved }: GroupDocument): JSX.Element {
  return (
    <Row
      path={['rollouts', group, name]}
      name={
        <>
          <strong>{name}</strong> <span class="soft">@{group}</span>
        </>
      }
      level={plan === undefined ? 'idle' : planLevel(plan)}
      state={plan?.state ?? (isRemoved ? 'removed' : 'no rollout')}
      since={plan?.updatedAt}
      what={plan === undefined ? '' : `step ${plan.step} of ${plan.steps.length}${share > 0 ? `, ${percent(share)}` : ''}`}
      why={[...(plan?.previous ?? services).keys()].slice(0, 8).join(', ')}
    />
  );
}
