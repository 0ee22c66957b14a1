import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { number, object, objects, parseObject, text, time, valueText, type Json } from '../../fleet/json';
import { compare, type Level } from '../../fleet/model';
import { Badge } from '../../ui/Badge';
import { useApp, useChanges } from '../../ui/app';
import { sinceText } from '../../ui/format';
import { Panel } from '../../ui/Panel';

/** A device has 64 documents at most; somebody who makes up more must not fill the browser's memory. */
const MAX_DOCUMENTS = 200;

const LEVEL: Readonly<Record<string, Level>> = { done: 'good', waiting: 'idle', held: 'busy', applying: 'busy' };

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
            <Report name={name} json={json} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Report({ name, json }: { readonly name: string; readonly json: Json }): JSX.Element {
  const state = text(json, 'state', 'unknown');
  const track = text(json, 'track');
  const since = time(json, 'since');
  const error = object(json, 'error');
  const drift = objects(json, 'drift');
  return (
    <div class="document">
      <div class="row">
        <strong>{name}</strong>
        <Badge level={(Object.hasOwn(LEVEL, state) ? LEVEL[state] : undefined) ?? 'bad'} text={state} />
        <span class="soft">
          {text(json, 'source')}, revision {number(json, 'revision') ?? 'none'}
          {track !== '' && `, ${track}`}
          {since !== undefined && `,${sinceText(since)}`}
        </span>
      </div>
      {Object.keys(error).length > 0 && (
        <p class="problem">
          {text(error, 'code')}: {text(error, 'message')}
        </p>
      )}
      {drift.length > 0 && (
        <ul>
          {drift.slice(0, 20).map((each, i) => (
            <li key={i} class="problem">
              drift: {text(each, 'service')} {text(each, 'key')} should be {valueText(each['wanted']) || 'nothing'}, is {valueText(each['is']) || 'nothing'}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
