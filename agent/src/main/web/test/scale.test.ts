import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highest, nearest, niceTop, paths, runs, scale, timeTicks } from '../src/ui/scale';

const MINUTE = 60_000;

test('an axis ends at a round number at or above the highest value', () => {
  assert.equal(niceTop(0), 1);
  assert.equal(niceTop(-3), 1);
  assert.equal(niceTop(NaN), 1);
  assert.equal(niceTop(0.24), 0.3);
  assert.equal(niceTop(7.21), 8);
  assert.equal(niceTop(100), 100);
  assert.equal(niceTop(101), 150);
  assert.equal(niceTop(3 * 1024 * 1024 + 1, 1024), 4 * 1024 * 1024);
});

test('a scale maps a span onto another, also the other way round and an empty one', () => {
  assert.equal(scale(0, 100, 72, 8)(100), 8);
  assert.equal(scale(0, 100, 72, 8)(50), 40);
  assert.equal(scale(5, 5, 0, 10)(5), 0);
});

test('times at the axis are round, in the span, and not too many', () => {
  const from = Date.UTC(2026, 10, 27, 20, 3, 12);
  const ticks = timeTicks(from, from + 10 * MINUTE, 5);
  assert.deepEqual(
    ticks.map((at) => new Date(at).toISOString().slice(11, 19)),
    ['20:04:00', '20:06:00', '20:08:00', '20:10:00', '20:12:00'],
  );
  assert.ok(timeTicks(from, from + 400 * 24 * 3_600_000, 4).length <= 5);
});

test('a line is broken by a value that is missing and by a silence', () => {
  const points = [
    { at: 0, value: 1 },
    { at: 30, value: 2 },
    { at: 60, value: undefined },
    { at: 90, value: 3 },
    { at: 300, value: 4 },
  ];
  assert.deepEqual(
    runs(points, 95).map((run) => run.map(({ value }) => value)),
    [[1, 2], [3], [4]],
  );
  assert.deepEqual(runs([], 95), []);
});

test('a value between two silences is a dot, more of them are a line with an area below', () => {
  const x = scale(0, 100, 0, 100);
  const y = scale(0, 10, 50, 0);
  assert.deepEqual(paths([{ at: 10, value: 10 }], x, y, 50), { line: 'M10 0h0.01', area: '' });
  assert.deepEqual(
    paths(
      [
        { at: 10, value: 10 },
        { at: 20, value: 0 },
      ],
      x,
      y,
      50,
    ),
    { line: 'M10 0L20 50', area: 'M10 0L20 50V50H10Z' },
  );
});

test('the crosshair snaps to the nearest value', () => {
  const points = [0, 30, 60].map((at) => ({ at, value: at }));
  assert.equal(nearest(points, -5), 0);
  assert.equal(nearest(points, 14), 0);
  assert.equal(nearest(points, 16), 1);
  assert.equal(nearest(points, 999), 2);
  assert.equal(nearest([], 1), -1);
});

test('the highest value is the first of its height', () => {
  assert.equal(highest([{ at: 1, value: undefined }]), undefined);
  assert.equal(highest([{ at: 1, value: 3 }, { at: 2, value: 9 }, { at: 3, value: 9 }])?.at, 2);
});
