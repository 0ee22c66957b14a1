import { number, object, type Json } from './json';

/** One value of a chart; undefined where it could not be measured. */
export interface Point {
  readonly at: number;
  readonly value: number | undefined;
}

export type Values = Readonly<Record<string, number | undefined>>;

const MAX_AGE_MS = 2 * 3_600_000;

/** Metrics come every 30 s; somebody who floods a topic must not fill the browser's memory. */
const MAX_SAMPLES = 720;
const MIN_DISTANCE_MS = 1_000;

/** A longer silence than this is shown as one, unless the agent's own interval is longer. */
const SILENCE_MS = 95_000;

/** What came on a metrics topic, by the browser's clock: the device's may be wrong. */
export class History {
  private samples: { readonly at: number; readonly values: Values }[] = [];
  /** The document that came last, to tell rates from. */
  last: Json | undefined;

  get first(): number | undefined {
    return this.samples[0]?.at;
  }

  get latest(): Values {
    return this.samples[this.samples.length - 1]?.values ?? {};
  }

  take(now: number, json: Json, values: Values): void {
    const before = this.samples[this.samples.length - 1];
    if (before !== undefined && now - before.at < MIN_DISTANCE_MS) this.samples.pop();
    this.last = json;
    this.samples.push({ at: now, values });
    const from = now - MAX_AGE_MS;
    this.samples = this.samples.filter(({ at }) => at >= from && at <= now).slice(-MAX_SAMPLES);
  }

  points(key: string): Point[] {
    return this.samples.map(({ at, values }) => ({ at, value: values[key] }));
  }

  /** What two neighbours may be apart and still be joined by a line. */
  gap(): number {
    const distances = this.samples.slice(1).map(({ at }, i) => at - (this.samples[i]?.at ?? at));
    distances.sort((a, b) => a - b);
    return Math.max(SILENCE_MS, 2.5 * (distances[Math.floor(distances.length / 2)] ?? 0));
  }
}

/** Of `efka/{device}/metrics`; rates since the document before. */
export function machineValues(json: Json, before: Json | undefined): Values {
  return {
    cpu: number(json, 'cpu_percent'),
    memory: used(object(json, 'memory')),
    memoryTotal: number(object(json, 'memory'), 'total'),
    disk: used(object(json, 'disk')),
    diskTotal: number(object(json, 'disk'), 'total'),
    load: number(json, 'load1'),
    temperature: number(json, 'temperature'),
    received: rate(json, before, 'received'),
    sent: rate(json, before, 'sent'),
  };
}

/** Of `efka/{device}/svc/{service}/metrics`. */
export function serviceValues(json: Json): Values {
  return {
    cpu: number(json, 'cpu_percent'),
    rss: number(json, 'rss'),
    fds: number(json, 'fds'),
    threads: number(json, 'threads'),
    restarts: number(json, 'restarts'),
  };
}

function used(space: Json): number | undefined {
  const total = number(space, 'total');
  const available = number(space, 'available');
  return total === undefined || available === undefined ? undefined : Math.max(0, total - available);
}

/** Bytes a second over all interfaces; by the uptime, which nobody sets. */
function rate(json: Json, before: Json | undefined, key: string): number | undefined {
  if (before === undefined) return undefined;
  const passed = ((number(json, 'uptime_ms') ?? NaN) - (number(before, 'uptime_ms') ?? NaN)) / 1_000;
  if (!(passed > 0)) return undefined; // also after a reboot, when the counts begin anew
  let sum = 0;
  const old = object(before, 'network');
  for (const [name, interfaceNow] of Object.entries(object(json, 'network'))) {
    const now = number(object({ interfaceNow }, 'interfaceNow'), key);
    const then = number(object(old, name), key);
    if (now !== undefined && then !== undefined && now >= then) sum += now - then;
  }
  return sum / passed;
}
