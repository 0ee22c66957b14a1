import { useMemo, useState } from 'preact/hooks';
import { parseObject, type Json } from '../fleet/json';
import { Journal } from '../fleet/journal';
import type { Commands } from './commands';
import { useApp, useChanges } from './app';
import { problemText } from '../common/format';

export interface ReadJournal {
  readonly journal: Journal;
  /** Why it could not be read; empty if it could. */
  readonly problem: string;
}

/** The events of a device, or of one service: those of the last 24 hours from the device's journal, and then as they come. */
export function useJournal(device: string, service: string | undefined, { ask, obstacle }: Commands): ReadJournal {
  const { link, topics } = useApp();
  const journal = useMemo(() => new Journal(), [device, service]);
  const [problem, setProblem] = useState('');
  useChanges(
    (changed) => {
      if (obstacle !== '') return () => undefined;
      let isOver = false;
      const take = ({ payload }: { readonly payload: Uint8Array }): void => {
        const event = parseObject(payload);
        if (event === undefined) return;
        journal.take(event);
        changed();
      };
      const filters = [topics.of(device, 'svc', service ?? '+', 'event'), ...(service === undefined ? [topics.of(device, 'event')] : [])];
      const subscriptions = filters.map((filter) => link.subscribe(filter, take, { retained: 'none' }));
      setProblem('');
      const read = (args: Json): Promise<Json> => (isOver ? Promise.reject() : ask('events', args));
      journal.read(read, changed).catch((error: unknown) => {
        if (!isOver) setProblem(problemText(error));
      });
      return () => {
        isOver = true;
        subscriptions.forEach((subscription) => subscription.close());
      };
    },
    [journal, ask, obstacle],
  );
  return { journal, problem: obstacle || problem };
}
