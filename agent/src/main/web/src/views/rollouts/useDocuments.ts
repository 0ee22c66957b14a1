import { useMemo } from 'preact/hooks';
import { parseObject } from '../../fleet/json';
import { compare } from '../../fleet/model';
import { readDocument, type GroupDocument } from '../../fleet/rollout';
import { useApp, useChanges } from '../../ui/app';

/** A fleet has a few per group; more are somebody's nonsense. */
const MAX_DOCUMENTS = 1_000;

export const keyOf = ({ group, name }: GroupDocument): string => `${group}/${name}`;

/** The desired documents of all groups: those with a rollout first, the newest of them on top. */
export function useDocuments(): readonly GroupDocument[] {
  const { link, topics } = useApp();
  const all = useMemo(() => new Map<string, GroupDocument>(), [link]);
  useChanges(
    (changed) => {
      const subscription = link.subscribe(topics.of('group', '+', 'desired', '+'), ({ levels, payload }) => {
        const [, group = '', , name = ''] = topics.below(levels);
        const document = readDocument(group, name, new TextDecoder().decode(payload), parseObject(payload) ?? {});
        const key = keyOf(document);
        if (parseObject(payload) === undefined) all.delete(key);
        else if (all.has(key) || all.size < MAX_DOCUMENTS) all.set(key, document);
        changed();
      });
      return () => subscription.close();
    },
    [all],
  );
  return [...all.values()].sort((a, b) => (b.plan?.updatedAt ?? 0) - (a.plan?.updatedAt ?? 0) || compare(keyOf(a), keyOf(b)));
}
