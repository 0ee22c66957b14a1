import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_LINE, keyOf, type Piece, type Row } from '../src/views/output/rows';
import { MAX_ROWS, StreamLines } from '../src/views/output/stream-lines';
import { plainOf } from '../src/views/output/text';
import { Transcript } from '../src/views/output/transcript';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const piece = (offset: number, text: string | Uint8Array, at = 0): Piece => {
  const all = typeof text === 'string' ? bytes(text) : text;
  return { offset, bytes: all, marks: [{ end: offset + all.length, at, order: at, seq: 0 }] };
};
const show = (row: Row): string => (row.kind === 'gap' ? `[${row.offset}-${row.to}${row.isGone ? ' gone' : ''}]` : plainOf(row, 1_000));
const shown = (lines: StreamLines): string[] => lines.rows.map(show);

function filled(...pieces: Piece[]): StreamLines {
  const lines = new StreamLines('stdout');
  pieces.forEach((each) => lines.insert(each));
  return lines;
}

describe('pieces', () => {
  it('that end within a line are one line', () => {
    assert.deepEqual(shown(filled(piece(0, 'a\nb'), piece(3, 'c'), piece(4, 'd\ne\n'))), ['a', 'bcd', 'e']);
  });

  it('that end within a character lose nothing, and show it when it is there', () => {
    const all = bytes('a€😀\n');
    const lines = filled();
    for (let i = 0; i < all.length; i++) {
      lines.insert(piece(i, all.subarray(i, i + 1)));
      assert.doesNotMatch(shown(lines)[0] ?? '', /\ufffd/);
    }
    assert.deepEqual(shown(lines), ['a€😀']);
  });

  it('that come again are dropped, as a whole and in part', () => {
    const lines = filled(piece(10, 'a\nb\n'), piece(10, 'a\nb\n'), piece(12, 'b\nc\n'));
    assert.deepEqual(shown(lines), ['a', 'b', 'c']);
    assert.equal(lines.appended, 3);
    assert.equal(lines.bytes, 6);
  });

  it('behind a gap say so', () => {
    assert.deepEqual(shown(filled(piece(0, 'a\n'), piece(12, 'b\n'))), ['a', '[2-12]', 'b']);
  });

  it('that begin before what is known are joined to it', () => {
    assert.deepEqual(shown(filled(piece(4, 'd\ne\n'), piece(0, 'a\nbc'))), ['a', 'bcd', 'e']);
    assert.deepEqual(shown(filled(piece(9, 'c\n'), piece(0, 'a\n'))), ['a', '[2-9]', 'c']);
  });

  it('of bytes that are no text do not disturb the others', () => {
    const lines = filled(piece(0, Uint8Array.of(0xff, 0xc0, 10)), piece(3, 'ok\n'));
    assert.deepEqual(shown(lines), ['\ufffd\ufffd', 'ok']);
  });
});

describe('a gap', () => {
  it('is filled, in parts and from both sides', () => {
    const lines = filled(piece(0, 'a\n'), piece(10, 'x\n'));
    lines.insert(piece(4, 'c\n'));
    assert.deepEqual(shown(lines), ['a', '[2-4]', 'c', '[6-10]', 'x']);
    lines.insert(piece(2, 'b\nc\nd\ne'));
    assert.deepEqual(shown(lines), ['a', 'b', 'c', 'd', 'e', '[9-10]', 'x']);
    lines.insert(piece(0, 'a\nb\nc\nd\ne\nx\n'));
    assert.deepEqual(shown(lines), ['a', 'b', 'c', 'd', 'e', 'x']);
    assert.equal(lines.bytes, 12);
  });

  it('within a line is joined with both of its ends', () => {
    const lines = filled(piece(0, 'ab'), piece(4, 'ef\n'));
    lines.insert(piece(2, 'cd'));
    assert.deepEqual(shown(lines), ['abcdef']);
  });

  it('that the device cannot fill is told from one that it can', () => {
    const lines = filled(piece(0, 'a\n'), piece(10, 'x\n'));
    lines.markGone(0, 6);
    assert.deepEqual(shown(lines), ['a', '[2-6 gone]', '[6-10]', 'x']);
  });

  it('is there, too, where nothing has come yet', () => {
    const lines = filled(piece(0, 'a\n'));
    lines.expect(9);
    assert.deepEqual(shown(lines), ['a', '[2-9]']);
    lines.insert(piece(2, 'bcdefg\nh'));
    assert.deepEqual(shown(lines), ['a', 'bcdefg', 'h']);
  });
});

describe('any order of pieces', () => {
  it('gives the same lines', () => {
    let seed = 7;
    const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const text = bytes(Array.from({ length: 40 }, (_, i) => `line ${i} ${'€'.repeat(i % 5)}`).join('\n') + '\n');
    for (let round = 0; round < 200; round++) {
      const lines = new StreamLines('stdout');
      for (let i = 0; i < 30; i++) {
        const from = random(text.length);
        lines.insert(piece(from, text.subarray(from, from + random(60))));
      }
      let at = lines.first ?? 0;
      for (const row of lines.rows) {
        assert.equal(row.offset, at, `round ${round}: rows follow each other`);
        at = row.kind === 'gap' ? row.to : row.offset + row.bytes.length;
        if (row.kind === 'line') assert.deepEqual(row.bytes, text.subarray(row.offset, at));
      }
      assert.equal(at, lines.end);
      lines.insert(piece(0, text));
      assert.deepEqual(shown(lines), shown(filled(piece(0, text))), `round ${round}`);
      assert.equal(lines.bytes, text.length);
      assert.equal(new Set(lines.rows.map(keyOf)).size, lines.rows.length);
    }
  });
});

describe('what is too much', () => {
  it('of line feeds makes no more rows than are kept', () => {
    const lines = filled(piece(0, 'first\n'), piece(6, '\n'.repeat(100_000)));
    assert.equal(lines.rows.filter((row) => row.kind === 'line' && row.offset > 0).length, MAX_ROWS);
    assert.equal(lines.end, 100_006);
    assert.equal(lines.appended, 100_001);
    const transcript = new Transcript();
    transcript.insert('stdout', piece(0, 'first\n'), 'newest');
    transcript.insert('stdout', piece(6, '\n'.repeat(100_000)), 'newest');
    assert.deepEqual([transcript.rows, transcript.dropped, transcript.stdout.first], [MAX_ROWS, 80_001, 80_006]);
  });

  it('for one line is cut between characters', () => {
    const lines = filled(piece(0, 'xx' + '€'.repeat(MAX_LINE / 3 + 10)));
    assert.equal(lines.rows.length, 2);
    assert.ok(lines.rows.every((row) => row.kind === 'line' && !plainOf(row, MAX_LINE).includes('\ufffd')));
  });

  it('goes from either end', () => {
    const lines = filled(piece(0, 'a\nb\nc\nd\n'));
    lines.dropFirst(1);
    lines.dropLast(1);
    assert.deepEqual([shown(lines), lines.first, lines.end, lines.dropped], [['b', 'c'], 2, 6, 1]);
  });
});

describe('a stream', () => {
  it('that was cleared goes on where it was', () => {
    const lines = filled(piece(0, 'a\n'));
    lines.clear();
    lines.insert(piece(2, 'b\n'));
    assert.deepEqual(shown(lines), ['b']);
    assert.deepEqual([lines.first, lines.end], [2, 4]);
  });
});
