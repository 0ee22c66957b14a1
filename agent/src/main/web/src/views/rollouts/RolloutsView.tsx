import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Documents } from '../../fleet/documents';
import { planLevel, type GroupDocument } from '../../fleet/rollout';
import { Badge } from '../../ui/Badge';
import { useApp, useChanges, useTick } from '../../ui/app';
import { ago } from '../../ui/format';
import { href } from '../../ui/router';
import { RolloutDetail } from './RolloutDetail';
import { shareText, stepText } from './words';

/** All documents that say what groups should be, with the rollouts in them; or one of them. */
export function RolloutsView({ group, name }: { readonly group?: string; readonly name?: string }): JSX.Element {
  const app = useApp();
  const documents = useMemo(() => new Documents(app.topics), [app]);
  useEffect(() => documents.open(app.link), [documents]);
  useChanges((changed) => documents.onChange(changed), [documents]);
  useTick(10_000);

  if (group !== undefined && name !== undefined) {
    const document = documents.get(group, name);
    return document === undefined ? (
      <main>
        <h1>
          {name} <span class="soft">@{group}</span>
        </h1>
        <p>
          The broker has no such document. <a href={href('rollouts')}>All documents</a>
        </p>
      </main>
    ) : (
      <RolloutDetail key={`${group}/${name}`} document={document} />
    );
  }
  const all = documents.list();
  return (
    <main class="rollouts">
      <h1>Rollouts and documents</h1>
      {all.length === 0 ? (
        <div class="panel">
          <p>No group has a document yet.</p>
          <p class="soft">
            Start a rollout with <code>efka rollout start camera -f camera.json --group all</code>, or say what a group should be with <code>efka desired put</code>.
          </p>
        </div>
      ) : (
        <div class="table-frame" tabIndex={0} role="region" aria-label="documents">
          <table>
            <thead>
              <tr>
                <th>Document</th>
                <th>State</th>
                <th>Step</th>
                <th>Services</th>
                <th>By</th>
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {all.map((document) => (
                <Row key={`${document.group}/${document.name}`} document={document} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function Row({ document }: { readonly document: GroupDocument }): JSX.Element {
  const { plan } = document;
  const changed = ago(plan?.updatedAt);
  return (
    <tr>
      <td>
        <a href={href('rollouts', document.group, document.name)}>
          {document.name} <span class="soft">@{document.group}</span>
        </a>
      </td>
      <td>{plan === undefined ? <Badge level="idle" text={document.isRemoved ? 'removed' : 'no rollout'} /> : <Badge level={planLevel(plan)} text={plan.state} />}</td>
      <td>{plan === undefined ? '' : `${stepText(plan)}${document.share > 0 ? `, ${shareText(document.share)}` : ''}`}</td>
      <td>{[...(plan === undefined ? document.services : plan.previous).keys()].slice(0, 8).join(', ')}</td>
      <td>{plan?.controller.by ?? ''}</td>
      <td>{changed === '' ? '' : `${changed} ago`}</td>
    </tr>
  );
}
