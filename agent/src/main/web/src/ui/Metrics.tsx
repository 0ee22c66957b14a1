import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { parseObject, type Json } from '../fleet/json';
import { History, type Values } from '../fleet/metrics';
import type { Link } from '../link/link';
import { Chart } from './Chart';
import { useApp, useChanges, useTick } from './app';

/** What came on the topics that were looked at, so that it is still there when somebody comes back. */
const kept = new WeakMap<Link, Map<string, History>>();
const MAX_KEPT = 50;

function historyOf(link: Link, topic: string): History {
  const histories = kept.get(link) ?? new Map<string, History>();
  kept.set(link, histories);
  const history = histories.get(topic) ?? new History();
  histories.delete(topic);
  histories.set(topic, history); // now the one that was used last
  const [oldest = ''] = histories.keys();
  if (histories.size > MAX_KEPT) histories.delete(oldest);
  return history;
}

/** What comes on a metrics topic while the component is shown. */
export function useHistory(topic: string, read: (json: Json, before: Json | undefined) => Values): History {
  const { link } = useApp();
  const history = useMemo(() => historyOf(link, topic), [link, topic]);
  useChanges(
    (changed) => {
      const subscription = link.subscribe(
        topic,
        ({ payload }) => {
          const json = parseObject(payload);
          if (json === undefined) return;
          history.take(Date.now(), json, read(json, history.last));
          changed();
        },
        { retained: 'none', qos: 0 },
      );
      return () => subscription.close();
    },
    [history],
  );
  return history;
}

/** What a chart shows of a history. */
export interface Drawn {
  readonly title: string;
  readonly keys: readonly (readonly [key: string, label: string])[];
  readonly format: (value: number) => string;
  /** The value with the end of the axis. */
  readonly topKey?: string;
  readonly top?: number;
  readonly base?: 1024;
}

/** At least this much time is shown. */
const MIN_SPAN_MS = 300_000;
const MAX_SPAN_MS = 7_200_000;

/** A chart for everything of which there was ever a value: not every device has a thermometer. */
export function Charts({ history, drawn }: { readonly history: History; readonly drawn: readonly Drawn[] }): JSX.Element {
  useTick(10_000);
  const now = Math.ceil(Date.now() / 10_000) * 10_000;
  const { latest, first = now } = history;
  const from = now - Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, now - first));
  return useMemo(() => {
    const charts = drawn
      .map(({ keys, topKey = '', top, ...rest }) => ({ ...rest, top: latest[topKey] ?? top, series: keys.map(([key, label]) => ({ label, points: history.points(key) })) }))
      .filter(({ series }) => series.some(({ points }) => points.some(({ value }) => value !== undefined)));
    return (
      <div class="charts">
        {charts.length === 0 && <p class="soft">No values yet; they come every 30 s.</p>}
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} from={from} to={now} gap={history.gap()} />
        ))}
      </div>
    );
  }, [history, latest, now, from]);
}
