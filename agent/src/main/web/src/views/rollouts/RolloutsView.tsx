import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Documents } from '../../fleet/documents';
import { planLevel, type GroupDocument } from '../../fleet/rollout';
import { Badge } from '../../ui/Badge';
import { useApp, useChanges, useTick } from '../../ui/app';
import { ago } from '../../ui/format';
import { href } from '../../ui/router';
import { VirtualList } from '../../ui/VirtualList';
import { RolloutDetail } from './RolloutDetail';
import { stepText } from './words';

/** All documents that say what groups should be, with the rollouts in them; or one of them. */
export function RolloutsView({ group, name }: { readonly group?: string; readonly name?: string }): JSX.Element {
  const app = useApp();
  const documents = useMemo(() => new Documents(app.topics), [app]);
  useEffect(() => documents.open(app.link), [documents]);
  useChanges((changed) => documents.onChange(changed), [documents]);
  useTick(10_000);

  const all = documents.list();
  const one = all.find((each) => each.group === group && each.name === name);
  if (one !== undefined) return <RolloutDetail key={`${group}/${name}`} document={one} />;
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
      <VirtualList label="documents" items={all} keyOf={(each) => `${each.group}/${each.name}`} rowHeight={46} draw={(each) => <Row document={each} />} />
    </main>
  );
}

function Row({ document }: { readonly document: GroupDocument }): JSX.Element {
  const { group, name, plan, share, services } = document;
  return (
    <a class="service-row" href={href('rollouts', group, name)}>
      <span class="service-name">
        <strong>{name}</strong> <span class="soft">@{group}</span>
      </span>
      <span>
        <Badge level={plan === undefined ? 'idle' : planLevel(plan)} text={plan?.state ?? (document.isRemoved ? 'removed' : 'no rollout')} />
      </span>
      <span class="wide soft">{ago(plan?.updatedAt)}</span>
      <span class="wide">{plan === undefined ? '' : stepText(plan, share)}</span>
      <span class="why soft">{[...(plan?.previous ?? services).keys()].slice(0, 8).join(', ')}</span>
    </a>
  );
}
