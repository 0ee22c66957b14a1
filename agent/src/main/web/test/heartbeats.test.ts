import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heartbeats, MINUTES } from '../src/fleet/heartbeats';

const MINUTE = 60_000;

test('each minute has its worst level, and what is unknown stays unknown', () => {
  const beats = new Heartbeats();
  beats.note('good', 100 * MINUTE);
  beats.note('bad', 100 * MINUTE + 1);
  beats.note('good', 100 * MINUTE + 2);
  const levels = beats.levels(102 * MINUTE);
  assert.equal(levels.length, MINUTES);
  assert.deepEqual(levels.slice(-4), [undefined, 'bad', 'good', 'good']);
});

test('after a long silence all is as it was noted last', () => {
  const beats = new Heartbeats();
  beats.note('bad', 0);
  beats.note('idle', 1);
  assert.deepEqual(new Set(beats.levels(1_000 * MINUTE)), new Set(['idle']));
});

test('a clock that is set back does no harm', () => {
  const beats = new Heartbeats();
  beats.note('good', 50 * MINUTE);
  beats.note('bad', 40 * MINUTE);
  assert.equal(beats.levels(40 * MINUTE).at(-1), 'bad');
});
