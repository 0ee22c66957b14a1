import { asObject, flag, list, number, text, time, type Json } from './json';
import { levelOf, LEVELS, type Level, type Service, type ServiceState } from './model';
import type { Reply } from '../link/requests';

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
export type Ask = (args: Json) => Promise<Reply>;

/** The newest first, so that what matters most is there whatever the bounds cut off. In hours before now. */
const WINDOWS: readonly (readonly [since: number, until: number])[] = [
  [1, 0],
  [6, 1],
  [24, 6],
];

/** Answers that are asked for in one window. Each has at most 192 KiB, some 500 events. */
const MAX_ANSWERS = 10;
const MAX_RETRIES = 3;
const RETRY_MS = 1_000;
const MAX_RECENT = 200;
const MAX_CHANGES = 20_000;

/** Every start passes through `stopped` and `starting`; they count where they last, or where there is nothing else. */
const SHORT_MS = 30_000;

const MATCH = '"event":"(state|health|ready|removed)"';

/** A device's events: those of its own journal (agent/docs/protocol.md), and those that come live. */
export class Journal {
  private readonly changes = new Map<string, Change[]>();
  private readonly kept = new Map<string, Json>();
  private ordered: readonly Json[] | undefined;
  private total = 0;
  /** Spans that were not read to their end, as too much happened in them. */
  private unread: (readonly [from: number, to: number])[] = [];
  isRead = false;
  /** Grows with everything that is taken. */
  version = 0;

  /** Takes an event, in any order; the same one twice changes nothing. */
  take(event: Json, isRecent = true): void {
    const at = time(event, 'at');
    if (at === undefined) return;
    this.version++;
    if (isRecent) this.keep(event);
    const service = text(event, 'service');
    const change = service === '' ? undefined : asChange(at, event);
    if (change === undefined) return;
    const known = this.changes.get(service) ?? [];
    let place = known.length;
    while (place > 0 && (known[place - 1]?.at ?? 0) > at) place--;
    for (let i = place - 1; i >= 0 && known[i]?.at === at; i--) if (JSON.stringify(known[i]) === JSON.stringify(change)) return;
    if (++this.total > MAX_CHANGES) return;
    known.splice(place, 0, change);
    this.changes.set(service, known);
  }

  /** The last events, the newest first. */
  recent(): readonly Json[] {
    this.ordered ??= [...this.kept.values()].sort((a, b) => (time(b, 'at') ?? 0) - (time(a, 'at') ?? 0)).slice(0, MAX_RECENT);
    return this.ordered;
  }

  private keep(event: Json): void {
    this.kept.set(JSON.stringify(event), event);
    this.ordered = undefined;
    if (this.kept.size < 2 * MAX_RECENT) return;
    const newest = this.recent();
    this.kept.clear();
    newest.forEach((each) => this.kept.set(JSON.stringify(each), each));
  }

  /**
   * Reads the last 24 hours from the device, the newest hour first.
   *
   * @param isOver whether nobody wants it any more
   */
  async read(ask: Ask, isOver: () => boolean, changed: () => void): Promise<void> {
    const newest = await this.ask(ask, { lines: 100 });
    eventsOf(newest).forEach((event) => this.take(event));
    changed();
    this.unread = [];
    for (const [since, until] of WINDOWS) {
      const window: Json = { since: `${since}h`, match: MATCH, ...(until > 0 ? { until: `${until}h` } : {}) };
      let from: number | undefined;
      let last = Date.now() - since * 3_600_000;
      for (let answers = 0; ; answers++) {
        if (isOver()) return;
        if (answers === MAX_ANSWERS) {
          this.unread.push([last, Date.now() - until * 3_600_000]);
          break;
        }
        const { fields } = await this.ask(ask, from === undefined ? window : { ...window, from });
        for (const event of list(fields, 'events')) {
          const json = asObject(event) ?? {};
          this.take(json, false);
          last = Math.max(last, time(json, 'at') ?? last);
        }
        changed();
        const next = number(fields, 'next');
        if (!flag(fields, 'truncated') || next === undefined || next === from) break;
        from = next;
      }
    }
    this.isRead = true;
    changed();
  }

  /** Searches share few threads on the device, which says `busy` rather than letting somebody wait. */
  private async ask(ask: Ask, args: Json): Promise<Reply> {
    for (let retries = 0; ; retries++) {
      const reply = await ask(args);
      if (reply.isOk) return reply;
      if (reply.code !== 'busy' || retries === MAX_RETRIES) throw new Error(`${reply.code}: ${reply.message}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** The last 24 hours of a service, in half hours; the last one is not over yet. */
  beats(service: Service, now: number): readonly Beat[] {
    return beats(this.changes.get(service.id) ?? [], service, this.unread, now);
  }
}

const eventsOf = (reply: Reply): Json[] => list(reply.fields, 'events').map((event) => asObject(event) ?? {});

function asChange(at: number, event: Json): Change | undefined {
  switch (text(event, 'event')) {
    case 'state':
      return { at, from: text(event, 'from'), state: text(event, 'to'), health: text(event, 'health'), isReady: flag(event, 'ready') };
    case 'health':
      return { at, health: text(event, 'health') };
    case 'ready':
      return { at, isReady: flag(event, 'ready') };
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

function spansOf(changes: readonly Change[], service: Service, start: number): Span[] {
  const first = changes[0];
  // Nothing has happened for as long as the journal goes back: it was as it is.
  if (first === undefined) return [{ from: service.since ?? Infinity, state: service.state, level: service.level }];
  const before = first.from ?? '';
  const spans: Span[] = [{ from: start, state: before, level: before === '' ? undefined : level(before, '', true) }];
  let now = { state: before, health: '', isReady: false };
  for (const { at, state = now.state, health = now.health, isReady = now.isReady } of changes) {
    now = { state, health, isReady };
    spans.push({ from: at, state, level: state === '' ? undefined : level(state, health, isReady) });
  }
  return spans;
}

const level = (state: string, health: string, isReady: boolean): Level => levelOf(state as ServiceState, health, false, isReady);

function beats(changes: readonly Change[], service: Service, unread: readonly (readonly [number, number])[], now: number): readonly Beat[] {
  const end = Math.ceil(now / HALF_HOUR_MS) * HALF_HOUR_MS;
  const start = end - DAY_MS;
  const found = Array.from({ length: SEGMENTS }, (_, i) => ({
    from: start + i * HALF_HOUR_MS,
    level: undefined as Level | undefined,
    state: '',
    changes: 0,
  }));
  const place = (at: number): number => Math.floor((at - start) / HALF_HOUR_MS);
  const note = (from: number, to: number, state: string, worst: Level, isBrief = false): void => {
    for (let i = Math.max(0, place(from)); i < SEGMENTS && start + i * HALF_HOUR_MS < to; i++) {
      const beat = found[i];
      if (beat === undefined || (beat.level !== undefined && (isBrief || LEVELS.indexOf(worst) <= LEVELS.indexOf(beat.level)))) continue;
      beat.level = worst;
      beat.state = state;
    }
  };
  const spans = spansOf(changes, service, start);
  const brief: [from: number, to: number, state: string, level: Level][] = [];
  spans.forEach(({ from, state, level }, i) => {
    const to = Math.min(now, spans[i + 1]?.from ?? now);
    if (level === undefined || to <= start) return;
    if ((level === 'busy' || level === 'idle') && to - from < SHORT_MS && i < spans.length - 1) brief.push([from, to, state, level]);
    else note(from, to, state, level);
  });
  for (const each of brief) note(...each, true);
  for (const [from, to] of unread) note(from, to, 'too much happened to read all of it', 'unknown');
  for (const { at } of changes) {
    const beat = found[place(at)];
    if (beat !== undefined) beat.changes++;
  }
  return found;
}

/** A sentence for those who do not see the bars. */
export function summary(all: readonly Beat[], clock: (at: number) => string): string {
  const bad = all.filter((beat) => beat.level === 'bad');
  const last = bad[bad.length - 1];
  const known = all.filter((beat) => beat.level !== undefined).length;
  if (known === 0) return 'nothing is known of the last 24 hours';
  if (last === undefined) return known === SEGMENTS ? 'no trouble' : `no trouble in the ${known / 2} h that are known`;
  return `trouble in ${bad.length} of ${known} half hours, the last from ${clock(last.from)}`;
}
