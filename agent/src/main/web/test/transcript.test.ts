import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromWholeLine, readAnswer } from '../src/views/output/answer';
import type { Piece, Shown, Stream } from '../src/views/output/rows';
import { plainOf } from '../src/views/output/text';
import { Transcript } from '../src/views/output/transcript';

const piece = (offset: number, text: string, order = 0, seq = 0): Piece => {
  const bytes = new TextEncoder().encode(text);
  return { offset, bytes, marks: [{ end: offset + bytes.length, at: order, order, seq }] };
};
const show = (row: Shown): string => (row.kind === 'line' ? plainOf(row, 1_000) : `${row.kind} ${row.stream}`);
const both: readonly Stream[] = ['stdout', 'stderr'];

describe('both streams', () => {
  it('are in the order of time, and of arrival where that is equal', () => {
    const transcript = new Transcript();
    transcript.insert('stdout', { offset: 0, bytes: new TextEncoder().encode('a\nd\n'), marks: [{ end: 2, at: 1, order: 1, seq: 0 }, { end: 4, at: 4, order: 4, seq: 3 }] }, 'newest');
    transcript.insert('stderr', { offset: 0, bytes: new TextEncoder().encode('b\nc\n'), marks: [{ end: 2, at: 2, order: 2, seq: 0 }, { end: 4, at: 4, order: 4, seq: 2 }] }, 'newest');
    assert.deepEqual(transcript.list(both, true).map(show), ['a', 'b', 'c', 'd']);
    assert.deepEqual(transcript.list(['stderr'], true).map(show), ['b', 'c']);
  });

  it('say where more can be loaded', () => {
    const transcript = new Transcript();
    transcript.oldest.stdout = 50;
    transcript.newest.stderr = 99;
    transcript.insert('stderr', piece(0, 'a\n', 1), 'newest');
    transcript.insert('stdout', piece(100, 'b\n', 2), 'newest');
    assert.deepEqual(transcript.list(both, true).map(show), ['a', 'older stdout', 'b']);
    assert.deepEqual(transcript.list(both, false).map(show), ['a', 'newer stderr', 'older stdout', 'b']);
  });
});

describe('what is too much', () => {
  it('goes from the oldest lines of the larger stream', () => {
    const transcript = new Transcript();
    transcript.insert('stderr', piece(0, 'first\n'), 'newest');
    let offset = 0;
    for (let i = 0; i < 50; i++) {
      const text = `${i}\n`.repeat(1_000);
      transcript.insert('stdout', piece(offset, text), 'newest');
      offset += text.length;
    }
    assert.equal(transcript.rows, 20_000);
    assert.equal(transcript.dropped, 30_001);
    assert.deepEqual(transcript.list(['stderr'], true).map(show), ['first']);
    assert.equal(transcript.list(['stdout'], true).map(show).at(-1), '49');
  });

  it('goes by bytes, too', () => {
    const transcript = new Transcript();
    for (let i = 0; i < 100; i++) transcript.insert('stdout', piece(i * 200_000, 'x'.repeat(199_999) + '\n'), 'newest');
    assert.ok(transcript.bytes <= 8 << 20);
    assert.ok(transcript.bytes > 7 << 20);
  });

  it('goes from the newest lines when somebody reads backwards', () => {
    const transcript = new Transcript();
    transcript.insert('stdout', piece(30_000, 'b\n'.repeat(15_000)), 'newest');
    transcript.insert('stdout', piece(10_000, 'a\n'.repeat(10_000)), 'oldest');
    assert.deepEqual([transcript.rows, transcript.stdout.first, transcript.stdout.end], [20_000, 10_000, 50_000]);
  });
});

describe('an answer to logs', () => {
  const fields = { stream: 'stdout', text: 'a\nb\n', offset: 10, next: 14, oldest: 0, end: 20, truncated: false };

  it('has a time for each part', () => {
    const answer = readAnswer({ ...fields, times: { base: '2026-11-22T21:39:24.870Z', parts: [[2, 0], [4, 1003, 5]] } });
    const base = Date.parse('2026-11-22T21:39:24.870Z');
    assert.deepEqual(answer?.piece.marks.map(({ end, at }) => [end, at]), [[12, base], [14, base + 1003]]);
  });

  it('may have bytes that are no text, or no times', () => {
    const answer = readAnswer({ ...fields, text: undefined, base64: '/wAK', next: 13, times: null });
    assert.deepEqual([...(answer?.piece.bytes ?? [])], [255, 0, 10]);
    assert.equal(answer?.piece.marks[0]?.at, undefined);
  });

  it('that is none is told from one', () => {
    for (const wrong of [{}, { ...fields, text: 7 }, { ...fields, offset: -1 }, { ...fields, next: 3 }, { ...fields, next: 1e300 }, { ...fields, offset: 1.5 }, { ...fields, text: undefined, base64: '*' }]) {
      assert.equal(readAnswer(wrong), undefined);
    }
    assert.ok(readAnswer({ ...fields, times: { base: 'x', parts: [[1, 2]] } }) !== undefined);
    assert.ok(readAnswer({ ...fields, times: { base: '2026-11-22T21:39:24.870Z', parts: [7, ['a'], null] } }) !== undefined);
  });

  it('with times that are none can be drawn', () => {
    const answer = readAnswer({ ...fields, times: { base: '2026-11-22T21:39:24.870Z', parts: [[2, 1e300], [4, 0.5]] } });
    assert.deepEqual(answer?.piece.marks.map(({ at }) => new Date(at ?? 0).toISOString()), ['2026-11-22T21:39:24.871Z']);
  });

  it('from the middle of a line begins with the next one', () => {
    assert.equal(fromWholeLine(piece(10, 'rest\nline\n')).offset, 15);
    assert.equal(fromWholeLine(piece(10, 'no line feed')).offset, 10);
    assert.equal(fromWholeLine(piece(10, 'one line\n')).offset, 10);
  });
});
