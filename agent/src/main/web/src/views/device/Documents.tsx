import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { objects, parseObject, text, valueText, type Json } from '../../fleet/json';
import { compare } from '../../fleet/model';
import { asReport } from '../../fleet/rollout';
import { Badge } from '../../ui/Badge';
import { useApp, useChanges } from '../../ui/app';
import { sinceText } from '../../common/format';
import { Panel } from '../../ui/Panel';

/** A device has 64 documents at most; somebody who makes up more must not fill the browser's memory. */
const MAX_DOCUMENTS = 200;

/** What the device says of the documents that it was given (agent/docs/desired-state.md). */
export function Documents({ device }: { readonly device: string }): JSX.Element | null {
  const { link, topics } = useApp();
  const documents = useMemo(() => new Map<string, Json>(), [device]);
  useChanges(
    (changed) => {
      const subscription = link.subscribe(topics.of(device, 'reported', '+'), ({ levels, payload }) => {
        const name = topics.below(levels)[2] ?? '';
        const json = parseObject(payload);
        if (json === undefined) documents.delete(name);
        else if (documents.has(name) || documents.size < MAX_DOCUMENTS) documents.set(name, json);
        changed();
      });
      return () => subscription.close();
    },
    [link, documents],
  );
  if (documents.size === 0) return null;
  return (
    <Panel title="Documents">
      <ul class="plain">
        {[...documents].sort(([a], [b]) => compare(a, b)).map(([name, json]) => (
          <li key={name}>
            <Report device={device} name={name} json={json} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Report({ device, name, json }: { readonly device: string; readonly name: string; readonly json: Json }): JSX.Element {
  const { source, level, state, track, revision, since, error } = asReport(device, json);
  return (
    <div class="document">
      <div class="row">
        <strong>{name}</strong>
        <Badge level={level} text={state} />
        <span class="soft">
          {source}, revision {revision ?? 'none'}
          {track !== '' && `, ${track}`}
          {since !== undefined && `,${sinceText(since)}`}
        </span>
      </div>
      {error !== '' && <p class="problem">{error}</p>}
      {objects(json, 'drift').slice(0, 20).map((each, i) => (
        <p key={i} class="problem">
          drift: {text(each, 'service')} {text(each, 'key')} should be {valueText(each['wanted']) || 'nothing'}, is {valueText(each['is']) || 'nothing'}
        </p>
      ))}
    </div>
  );
}
