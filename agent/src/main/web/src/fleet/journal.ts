import { flag, number, objects, text, time, type Json } from './json';
import { levelOf, LEVELS, type Level, type Service } from './model';
import { Refusal } from '../link/requests';

export const HALF_HOUR_MS = 1_800_000;
export const SEGMENTS = 48;
const DAY_MS = HALF_HOUR_MS * SEGMENTS;

/** How a service was in half an hour: the worst of it. */
export interface Beat {
  readonly from: number;
  /** Undefined where nobody knows, or the service was not there. */
  readonly level: Level | undefined;
  /** The state that was the worst. */
  readonly state: string;
  readonly changes: number;
}

/** What an event of a service changes of it. */
interface Change {
  readonly at: number;
  readonly from?: string;
  readonly state?: string;
  readonly health?: string;
  readonly isReady?: boolean;
}

/** Asks a device's journal; throws if there is no answer. */
export type Ask = (args: Json) => Promise<Json>;

/** Each answer has at most 192 KiB, and the journal 8 MiB: this is all of it. */
const MAX_ANSWERS = 45;
const MAX_RETRIES = 3;
const RETRY_MS = 1_000;
const MAX_RECENT = 200;
const MAX_CHANGES = 20_000;

/** Every start passes through `stopped` and `starting`; they count where they last, or where there is nothing else. */
const SHORT_MS = 30_000;

const DAY_OF_CHANGES: Json = { since: '24h', match: '"event":"(state|health|ready|removed)"' };

/** A device's events: those of its own journal (agent/docs/protocol.md), and those that come live. */
export class Journal {
  private readonly changes = new Map<string, Change[]>();
  private readonly newest: { readonly at: number; readonly json: Json }[] = [];
  private total = 0;
  /** From here on it was not read, as too much happened. */
  private unread = Infinity;
  isRead = false;
  /** Grows with everything that is taken. */
  version = 0;

  /** Takes an event, in any order; the same one twice changes nothing. */
  take(json: Json, isRecent = true): void {
    const at = time(json, 'at');
    if (at === undefined) return;
    this.version++;
    if (isRecent && insert(this.newest, { at, json }) && this.newest.length > MAX_RECENT) this.newest.shift();
    const service = text(json, 'service');
    const change = asChange(at, json);
    if (service === '' || change === undefined || this.total === MAX_CHANGES) return;
    const known = this.changes.get(service) ?? [];
    this.changes.set(service, known);
    if (insert(known, change)) this.total++;
  }

  /** The last events, the newest first. */
  recent(): readonly Json[] {
    return this.newest.map(({ json }) => json).reverse();
  }

  /**
   * Reads the last events and the changes of 24 hours from the device.
   *
   * @param ask fails when nobody wants to know any more
   */
  async read(ask: Ask, changed: () => void): Promise<void> {
    objects(await askPatiently(ask, { lines: 100 }), 'events').forEach((event) => this.take(event));
    changed();
    let args = DAY_OF_CHANGES;
    let last = 0;
    let isMore = true;
    for (let answers = 1; isMore; answers++) {
      const fields = await askPatiently(ask, args);
      for (const event of objects(fields, 'events')) {
        this.take(event, false);
        last = time(event, 'at') ?? last;
      }
      isMore = flag(fields, 'truncated');
      if (isMore && answers === MAX_ANSWERS) {
        this.unread = last;
        isMore = false;
      }
      this.isRead = !isMore;
      changed();
      args = { ...DAY_OF_CHANGES, from: number(fields, 'next') };
    }
  }

  /** The last 24 hours of a service, in half hours; the last one is not over yet. */
  beats(service: Service, now: number): readonly Beat[] {
    return beats(this.changes.get(service.id) ?? [], service, this.unread, now);
  }
}

/** Searches share few threads on the device, which says `busy` rather than letting somebody wait. */
async function askPatiently(ask: Ask, args: Json): Promise<Json> {
  for (let retries = 0; ; retries++) {
    try {
      return await ask(args);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'busy') || retries === MAX_RETRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Keeps a list in the order of time. @returns whether the entry is new to it */
function insert<E extends { readonly at: number }>(sorted: E[], entry: E): boolean {
  let place = sorted.length;
  while (place > 0 && (sorted[place - 1]?.at ?? 0) > entry.at) place--;
  const json = JSON.stringify(entry);
  for (let i = place - 1; sorted[i]?.at === entry.at; i--) if (JSON.stringify(sorted[i]) === json) return false;
  sorted.splice(place, 0, entry);
  return true;
}

function asChange(at: number, event: Json): Change | undefined {
  const health = text(event, 'health');
  const isReady = flag(event, 'ready');
  switch (text(event, 'event')) {
    case 'state':
      return { at, from: text(event, 'from'), state: text(event, 'to'), health, isReady };
    case 'health':
      return { at, health };
    case 'ready':
      return { at, isReady };
    case 'removed':
      return { at, state: '' };
    default:
      return undefined;
  }
}

interface Span {
  readonly from: number;
  readonly state: string;
  readonly level: Level | undefined;
}

function spansOf(changes: readonly Change[], service: Service): Span[] {
  const first = changes[0];
  // Nothing has happened for as long as the journal goes back: it was as it is.
  if (first === undefined) return [{ from: service.since ?? Infinity, state: service.state, level: service.level }];
  let now = { state: first.from ?? '', health: '', isReady: true };
  return [{ at: 0 }, ...changes].map(({ at, ...change }) => {
    now = { ...now, ...change };
    const { state, health, isReady } = now;
    return { from: at, state, level: state === '' ? undefined : levelOf(state, health, false, isReady) };
  });
}

function beats(changes: readonly Change[], service: Service, unread: number, now: number): readonly Beat[] {
  const spans = spansOf(changes, service).map((span, i, all) => {
    const to = all[i + 1]?.from ?? Infinity;
    return { ...span, to, isBrief: (span.level === 'busy' || span.level === 'idle') && to - span.from < SHORT_MS };
  });
  spans.push({ from: unread, to: Infinity, level: 'unknown', state: 'too much happened to read it', isBrief: false });
  const start = Math.ceil(now / HALF_HOUR_MS) * HALF_HOUR_MS - DAY_MS;
  return Array.from({ length: SEGMENTS }, (_, i) => {
    const from = start + i * HALF_HOUR_MS;
    const to = from + HALF_HOUR_MS;
    const inside = spans.filter((span) => span.from < to && span.to > from && span.level !== undefined);
    const lasting = inside.filter(({ isBrief }) => !isBrief);
    const [worst] = (lasting.length > 0 ? lasting : inside).sort((a, b) => rank(b.level) - rank(a.level));
    return { from, level: worst?.level, state: worst?.state ?? '', changes: changes.filter(({ at }) => at >= from && at < to).length };
  });
}

const rank = (level: Level | undefined): number => LEVELS.indexOf(level as Level);

/** A sentence for those who do not see the bars. */
export function summary(all: readonly Beat[], clock: (at: number) => string): string {
  const bad = all.filter((beat) => beat.level === 'bad');
  const last = bad[bad.length - 1];
  const known = all.filter((beat) => beat.level !== undefined).length;
  if (known === 0) return 'nothing is known';
  if (last === undefined) return known === SEGMENTS ? 'no trouble' : `no trouble in the ${known / 2} h that are known`;
  return `trouble in ${bad.length} of ${known} half hours, the last from ${clock(last.from)}`;
}
