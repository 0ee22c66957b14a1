import { useMemo } from 'preact/hooks';
import { parseObject } from '../../fleet/json';
import type { Device } from '../../fleet/model';
import { readReport, type GroupDocument, type Report } from '../../fleet/rollout';
import type { Message } from '../../link/link';
import { BATCH, Quiet, readRetained } from '../../link/retained';
import { useApp, useChanges, useFleet } from '../../ui/app';

/** A device of a group, and what it says of a document if it says anything. */
export interface Member {
  readonly device: Device;
  readonly report: Report | undefined;
}

/** The devices of the group of a document, with what they say of it. */
export function useMembers({ group, name }: GroupDocument): readonly Member[] {
  const { link, topics } = useApp();
  const fleet = useFleet();
  const { isReading } = fleet.completeness();
  const reports = useMemo(() => new Map<string, Report>(), [link]);
  const devices = (): readonly Device[] => fleet.list().filter((device) => device.birth?.groups.includes(group));
  useChanges(
    (changed) => {
      const quiet = new Quiet();
      let isOver = isReading;
      const take = ({ levels, payload }: Message): void => {
        quiet.heard();
        const device = topics.below(levels)[0] ?? '';
        const report = readReport(device, `group/${group}`, parseObject(payload) ?? {});
        if (report === undefined) reports.delete(device);
        else if (fleet.devices.has(device)) reports.set(device, report);
        changed();
      };
      // In batches, since a broker does not deliver everything that is retained to one wildcard.
      const read = async (): Promise<void> => {
        const wanted = devices().map((device) => topics.of(device.id, 'reported', name));
        try {
          for (let from = 0; from < wanted.length && !isOver; from += BATCH) {
            await readRetained(link, wanted.slice(from, from + BATCH), take, () => quiet.wait(() => isOver));
          }
        } catch {
          // Without a connection; it is read again with the next one.
        }
      };
      const live = link.subscribe(topics.of('+', 'reported', name), take, { retained: 'none' });
      const stopState = link.onState(({ kind }) => {
        if (kind === 'online') void read();
      });
      void read();
      return () => {
        isOver = true;
        live.close();
        stopState();
      };
    },
    [reports, isReading],
  );
  return devices().map((device) => ({ device, report: reports.get(device.id) }));
}
