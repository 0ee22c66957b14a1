import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DeviceSearch } from '../src/views/output/device-search';
import { Feed, targetOf, type Source } from '../src/views/output/feed';
import { LiveFeed } from '../src/views/output/live';
import type { Shown, Stream } from '../src/views/output/rows';
import { plainOf } from '../src/views/output/text';
import type { Transcript } from '../src/views/output/transcript';
import type { Json } from '../src/fleet/json';
import { Refusal } from '../src/link/requests';

const RUN = '01M8FAMASHP9983VD98JFSAG1S';
const LATER_RUN = '01M8FB8DZ47TX6T7KPABEB4KEP';

/** A device that has written some output, and the broker between. Answers `logs` as an agent does. */
class Device {
  readonly written: Record<Stream, string> = { stdout: '', stderr: '' };
  oldest = 0;
  isOnline = true;
  failure: Error | undefined;
  asked: Json[] = [];
  private readonly listeners = new Map<string, (message: unknown) => void>();
  private readonly stateListeners = new Set<(state: { kind: string }) => void>();

  readonly source = {
    device: 'dev1',
    service: 'svc',
    app: {
      topics: { of: (...levels: string[]) => levels.join('/') },
      fleet: { device: () => ({ isOnline: this.isOnline }) },
      link: {
        state: { kind: 'online' },
        subscribe: (topic: string, listener: (message: unknown) => void) => {
          this.listeners.set(topic, listener);
          return { accepted: Promise.resolve(), close: () => this.listeners.delete(topic) };
        },
        onState: (listener: (state: { kind: string }) => void) => {
          this.stateListeners.add(listener);
          return () => this.stateListeners.delete(listener);
        },
      },
      requests: { send: async (_device: string, _service: string, _command: string, args: Json) => this.logs(args) },
    },
  } as unknown as Source;

  write(text: string, stream: Stream = 'stdout'): void {
    this.written[stream] += text;
  }

  /** Writes, and sends it. */
  send(text: string, { stream = 'stdout' as Stream, offset = this.written[stream].length, run = RUN, user = true } = {}): void {
    this.written[stream] = this.written[stream].slice(0, offset) + text;
    const properties = user ? { user: { offset: String(offset), run, at: '2026-11-27T20:00:00.000Z' } } : {};
    this.listeners.get(`dev1/svc/svc/${stream}`)?.({ payload: new TextEncoder().encode(text), properties });
  }

  reconnect(): void {
    this.stateListeners.forEach((listener) => listener({ kind: 'online' }));
  }

  get isListenedTo(): boolean {
    return this.listeners.size + this.stateListeners.size > 0;
  }

  private logs(args: Json): unknown {
    this.asked.push(args);
    if (this.failure !== undefined) throw this.failure;
    const all = this.written[args['stream'] as Stream];
    const end = all.length;
    const from = Math.max(this.oldest, (args['from'] as number | undefined) ?? 0);
    const to = Math.min(end, (args['to'] as number | undefined) ?? end);
    const most = (args['max_bytes'] as number | undefined) ?? 196_608;
    const answer = (text: string, offset: number, next: number, truncated: boolean): unknown => ({ text, offset, next, oldest: this.oldest, end, truncated, times: null });
    const hits = [...all.slice(from, to).matchAll(/.*\n|.+$/g)].map((found) => ({ text: found[0], at: from + found.index }));
    const pattern = new RegExp(String(args['match'] ?? '').replace('(?i)', ''));
    if (args['from'] !== undefined || args['since'] !== undefined) {
      if (args['match'] === undefined) return answer(all.slice(from, Math.min(to, from + most)), from, Math.min(to, from + most), from + most < to);
      let text = '';
      for (const hit of hits) {
        if (text !== '' && text.length + hit.text.length > most) return answer(text, from, hit.at, true);
        if (pattern.test(hit.text)) text += hit.text;
      }
      return answer(text, from, to, false);
    }
    const count = (args['lines'] as number | undefined) ?? 100;
    const last = hits.filter((hit) => pattern.test(hit.text)).slice(-count);
    return answer(last.map((hit) => hit.text).join(''), last.length === count ? (last[0]?.at ?? to) : from, to, false);
  }
}

const show = (row: Shown): string => (row.kind === 'line' ? plainOf(row, 1_000) : row.kind === 'gap' ? `[${row.offset}-${row.to}]` : row.kind);
const shown = (transcript: Transcript, isLive = true): string[] => transcript.list(['stdout'], isLive).map(show);

let frames: (() => void)[] = [];

/** Lets answers come, and frames be drawn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await turn();
    frames.splice(0).forEach((frame) => frame());
  }
}

let device: Device;
beforeEach(() => {
  device = new Device();
  frames = [];
  globalThis.requestAnimationFrame = (frame) => frames.push(frame as () => void);
  globalThis.cancelAnimationFrame = () => undefined;
});

const open = (): LiveFeed => new LiveFeed(device.source, () => undefined);

describe('live output', () => {
  it('begins with history and goes on without gap or repetition, whatever comes first', async () => {
    device.write('a\nb\nc');
    const live = open();
    device.send('c\nd\n', { offset: 4 });
    await settle();
    device.send('e');
    device.send('f\n');
    await settle();
    assert.deepEqual(shown(live.transcript), ['a', 'b', 'c', 'd', 'ef']);
  });

  it('loads what came while there was no connection', async () => {
    device.write('a\n');
    const live = open();
    await settle();
    device.write('b\nc\n');
    device.reconnect();
    device.send('d\n');
    await new Promise((done) => setTimeout(done));
    await settle();
    assert.deepEqual(shown(live.transcript), ['a', 'b', 'c', 'd']);
  });

  it('says what is missing, and loads it as far as it is kept', async () => {
    device.write('a\n');
    const live = open();
    await settle();
    device.write('bbbb\ncc\n');
    device.send('d\n');
    await settle();
    assert.deepEqual(shown(live.transcript), ['a', '[2-10]', 'd']);
    device.oldest = 7;
    const [gap] = live.transcript.stdout.rows.filter((row) => row.kind === 'gap');
    assert.ok(gap);
    live.fill(gap);
    await settle();
    assert.deepEqual(shown(live.transcript), ['a', '[2-7]', 'cc', 'd']);
    assert.deepEqual(live.transcript.stdout.rows.map((row) => row.kind === 'gap' && row.isGone), [false, true, false, false]);
  });

  it('does not take a service that was installed anew for a repetition', async () => {
    device.send('old 1\nold 2\n');
    const live = open();
    device.send('old 3\n');
    await settle();
    device.send('new\n', { offset: 0, run: LATER_RUN });
    await settle();
    assert.deepEqual(shown(live.transcript), ['new']);
  });

  it('does not bring back what was cleared when it is sent again', async () => {
    const live = open();
    device.send('a\nb\n');
    await settle();
    live.transcript.clear();
    device.send('a\nb\nc\n', { offset: 0 });
    await settle();
    assert.deepEqual(shown(live.transcript).filter((row) => row !== 'older'), ['c']);
  });

  it('is shown without offsets, too', async () => {
    const live = open();
    await settle();
    device.send('a\n', { user: false });
    device.send('b\n', { user: false });
    await settle();
    assert.deepEqual(shown(live.transcript), ['a', 'b']);
  });

  it('goes on when history cannot be had, which is said and can be tried again', async () => {
    device.write('a\n');
    device.failure = new Refusal('busy', 'ask again later');
    const live = open();
    await settle();
    device.send('b\n');
    await settle();
    assert.deepEqual(shown(live.transcript), ['older', 'b']);
    assert.deepEqual([...live.problems.values()].map((problem) => problem.text), ['busy: ask again later', 'busy: ask again later']);
    device.failure = undefined;
    [...live.problems.values()].forEach((problem) => problem.retry());
    await settle();
    live.older('stdout');
    await settle();
    assert.deepEqual([live.problems.size, shown(live.transcript)], [0, ['a', 'b']]);
  });

  it('does not ask a device that is offline', async () => {
    device.isOnline = false;
    const live = open();
    await settle();
    assert.deepEqual([device.asked.length, [...live.problems.values()][0]?.text], [0, 'dev1 is offline']);
  });

  it('loads older output page by page, from whole lines', async () => {
    for (let i = 0; i < 20_000; i++) device.write(`line ${i}\n`);
    const live = open();
    await settle();
    assert.equal(shown(live.transcript).length, 501);
    live.older('stdout');
    await settle();
    const [mark, first] = shown(live.transcript);
    assert.equal(mark, 'older');
    assert.match(first ?? '', /^line \d+$/);
    for (let i = 0; i < 10; i++) {
      live.older('stdout');
      await settle();
    }
    assert.deepEqual(shown(live.transcript), Array.from({ length: 20_000 }, (_, i) => `line ${i}`));
  });

  it('is not listened to any more when it is closed', () => {
    const live = open();
    assert.ok(device.isListenedTo);
    live.close();
    assert.ok(!device.isListenedTo);
  });
});

describe('a place in the past', () => {
  it('shows the lines around it, and more in both directions', async () => {
    for (let i = 0; i < 20_000; i++) device.write(`line ${i}\n`);
    const offset = device.written.stdout.indexOf('line 9000\n');
    const place = new Feed(device.source, () => undefined, { line: { stream: 'stdout', offset }, since: undefined });
    await settle();
    const before = shown(place.transcript, false);
    assert.deepEqual([before[0], before.at(-1)], ['older', 'newer']);
    assert.ok(before.includes('line 8000') && before.includes('line 10000'));
    assert.equal(place.begins.get('stdout'), offset);
    for (let i = 0; i < 5; i++) {
      place.newer('stdout');
      await settle();
    }
    assert.deepEqual(shown(place.transcript, false).at(-1), 'line 19999');
  });
});

describe('the lines around a hit', () => {
  it('have those of the other stream at that time', async () => {
    device.write('a\n');
    device.write('b\n', 'stderr');
    const place = new Feed(device.source, () => undefined, targetOf({ stream: 'stderr', order: Date.parse('2026-11-27T20:00:00Z') }, 0));
    await settle();
    assert.deepEqual(place.transcript.list(['stdout', 'stderr'], false).map(show), ['a', 'b']);
    assert.deepEqual([...place.begins.keys()], ['stderr']);
    assert.ok(device.asked.some((args) => args['stream'] === 'stdout' && args['since'] === '2026-11-27T20:00:00.000Z'));
  });
});

describe('a search on the device', () => {
  it('finds hits from the end, and where each of them is', async () => {
    for (let i = 0; i < 3_000; i++) device.write(i % 10 === 3 ? `a hit ${i}\n` : `nothing ${i} ${'x'.repeat(i % 40)}\n`);
    const search = new DeviceSearch(device.source, ['stdout'], { query: 'hit', isRegex: false }, '', () => undefined);
    await settle();
    assert.equal(search.hits.length, 200);
    while (search.hasMore) {
      await search.more();
      await settle();
    }
    assert.deepEqual(search.hits.map(({ line }) => plainOf(line, 100)), Array.from({ length: 300 }, (_, i) => `a hit ${i * 10 + 3}`));
    for (const [i, hit] of search.hits.entries()) {
      if (i % 17 === 0) assert.equal(await search.locate(hit), device.written.stdout.indexOf(`a hit ${i * 10 + 3}\n`));
    }
  });

  it('goes forwards from a time', async () => {
    device.write('hit 1\nno\nhit 2\n');
    const search = new DeviceSearch(device.source, ['stdout'], { query: 'HIT', isRegex: true }, '1h', () => undefined);
    await settle();
    assert.deepEqual(search.hits, []);
    const other = new DeviceSearch(device.source, ['stdout'], { query: 'hit \\d', isRegex: true }, '1h', () => undefined);
    await settle();
    assert.deepEqual([other.hits.length, other.hasMore], [2, false]);
  });

  it('says why it failed', async () => {
    device.failure = new Refusal('bad_argument', 'match must be another regular expression');
    const search = new DeviceSearch(device.source, ['stdout'], { query: '(?=a)', isRegex: true }, '', () => undefined);
    await settle();
    assert.deepEqual([search.problem, search.isSearching], ['bad_argument: match must be another regular expression', false]);
  });
});
