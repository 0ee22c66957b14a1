import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HALF_HOUR_MS, Journal, SEGMENTS, summary } from '../src/fleet/journal';
import { readService } from '../src/fleet/model';
import type { Json } from '../src/fleet/json';
import { Refusal } from '../src/link/requests';

const NOW = Date.UTC(2026, 10, 27, 20, 10);
const HOUR = 3_600_000;
const camera = readService('gate7', 'camera', { state: 'running', ready: true, since: new Date(NOW - 2 * HOUR).toISOString() });

const state = (ago: number, from: string, to: string, ready = true): Json => ({
  at: new Date(NOW - ago).toISOString(),
  service: 'camera',
  event: 'state',
  ...(from === '' ? {} : { from }),
  to,
  ready,
});

const refuse = (code: string): Promise<Json> => Promise.reject(new Refusal(code, 'no'));

function levels(journal: Journal): string {
  const signs = { good: 'g', idle: 'i', busy: 'b', unknown: 'u', bad: 'X' };
  return journal
    .beats(camera, NOW)
    .map(({ level }) => (level === undefined ? '.' : signs[level]))
    .join('');
}

test('a service that has not changed is as it is since its status says so', () => {
  assert.equal(levels(new Journal()), '.'.repeat(43) + 'ggggg');
});

test('each half hour shows the worst of it, in whatever order the events come', () => {
  const journal = new Journal();
  journal.take(state(9.5 * HOUR, 'backoff', 'running'));
  journal.take(state(10 * HOUR, 'running', 'backoff'));
  assert.equal(levels(journal), 'g'.repeat(27) + 'XX' + 'g'.repeat(19));
});

test('what was before the first event is what it changed from', () => {
  const journal = new Journal();
  journal.take(state(HOUR, 'stopped', 'running'));
  assert.equal(levels(journal), 'i'.repeat(46) + 'gg');
});

test('the moments that every start takes are no mark, a long one is', () => {
  const journal = new Journal();
  journal.take(state(5 * HOUR, 'running', 'starting', false));
  journal.take(state(5 * HOUR - 1_000, 'starting', 'running'));
  assert.equal(levels(journal), 'g'.repeat(SEGMENTS));
  journal.take(state(3 * HOUR, 'running', 'starting', false));
  journal.take(state(3 * HOUR - 60_000, 'starting', 'running'));
  assert.equal(levels(journal).indexOf('b'), 41);
});

test('a oneshot that runs every few seconds is shown as what it is all the time', () => {
  const journal = new Journal();
  for (let ago = 2 * HOUR; ago > 0; ago -= 10_000) {
    journal.take(state(ago, 'scheduled', 'running', false));
    journal.take(state(ago - 1_000, 'running', 'scheduled', false));
  }
  assert.equal(levels(journal).slice(-4, -1), 'bbb');
});

test('an unhealthy time is bad although the state does not change', () => {
  const journal = new Journal();
  journal.take(state(8 * HOUR, 'stopped', 'running'));
  journal.take({ at: new Date(NOW - 2 * HOUR).toISOString(), service: 'camera', event: 'health', health: 'unhealthy' });
  journal.take({ at: new Date(NOW - 1.9 * HOUR).toISOString(), service: 'camera', event: 'health', health: 'healthy' });
  assert.equal(levels(journal).split('X').length, 2);
});

test('an event that comes from the journal and live counts once', () => {
  const journal = new Journal();
  for (let i = 0; i < 3; i++) journal.take(state(HOUR, 'running', 'backoff'));
  assert.equal(journal.recent().length, 1);
  assert.equal(journal.beats(camera, NOW).reduce((sum, { changes }) => sum + changes, 0), 1);
});

test('made-up times and shapes do no harm', () => {
  const journal = new Journal();
  for (const at of ['9999-01-01T00:00:00Z', '0001-01-01T00:00:00Z', 'soon', 7]) journal.take({ ...state(0, 'running', 'backoff'), at });
  journal.take({ at: new Date(NOW).toISOString(), event: ['state'], service: {} });
  assert.equal(journal.beats(camera, NOW).length, SEGMENTS);
});

test('only the newest events are kept for the list', () => {
  const journal = new Journal();
  for (let i = 0; i < 1_000; i++) journal.take({ at: new Date(NOW + i * 1_000).toISOString(), event: 'started' });
  assert.equal(journal.recent().length, 200);
  assert.equal(journal.recent()[0]?.['at'], new Date(NOW + 999_000).toISOString());
});

test('the journal is read on from where an answer was cut off, and asked again when it is busy', async () => {
  const asked: Json[] = [];
  const journal = new Journal();
  await journal.read(
    (args) => {
      asked.push(args);
      if (asked.length === 2) return refuse('busy');
      if (asked.length === 3) return Promise.resolve({ events: [state(HOUR / 2, 'running', 'backoff')], truncated: true, next: 77 });
      return Promise.resolve({ events: [], truncated: false, next: 99 });
    },
    () => undefined,
  );
  assert.deepEqual(
    asked.map(({ lines, since, from }) => [lines, since, from]),
    [
      [100, undefined, undefined],
      [undefined, '24h', undefined],
      [undefined, '24h', undefined],
      [undefined, '24h', 77],
    ],
  );
  assert.ok(journal.isRead);
  assert.equal(levels(journal).at(-2), 'X');
});

test('a journal without an end is not read to it, and what was not read is unknown', async () => {
  let asked = 0;
  const journal = new Journal();
  await journal.read(
    () => Promise.resolve({ events: [], truncated: true, next: ++asked }),
    () => undefined,
  );
  assert.equal(asked, 46);
  const beats = journal.beats(camera, Date.now());
  assert.equal(beats.filter(({ level }) => level === 'unknown').length, SEGMENTS);
});

test('a device that refuses says why', async () => {
  const reading = new Journal().read(
    () => refuse('not_allowed'),
    () => undefined,
  );
  await assert.rejects(reading, /not_allowed/);
});

test('the bars are said in words', () => {
  const journal = new Journal();
  assert.equal(summary(journal.beats(camera, NOW), String), 'no trouble in the 2.5 h that are known');
  journal.take(state(10 * HOUR, 'running', 'backoff'));
  journal.take(state(9.9 * HOUR, 'backoff', 'running'));
  const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);
  assert.equal(summary(journal.beats(camera, NOW), clock), 'trouble in 1 of 48 half hours, the last from 10:00');
  assert.equal(HALF_HOUR_MS * SEGMENTS, 24 * HOUR);
});
