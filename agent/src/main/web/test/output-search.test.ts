import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contents, fileName } from '../src/views/output/download';
import { rowAt, topsOf } from '../src/views/output/geometry';
import type { Line, Shown } from '../src/views/output/rows';
import { Matcher, asRe2, find } from '../src/views/output/search';

let offset = 0;
const line = (text: string): Line => {
  const bytes = new TextEncoder().encode(text + '\n');
  offset += bytes.length;
  return { kind: 'line', stream: 'stdout', offset: offset - bytes.length, bytes, at: 0, order: 0, seq: 0 };
};
const matcher = (text: string, isRegex = false): Matcher => {
  const made = Matcher.of({ query: text, isRegex }).matcher;
  assert.ok(made);
  return made;
};

describe('a search', () => {
  it('takes plain text as it is', () => {
    assert.ok(matcher('a.b[').matches(line('x a.b[ y')));
    assert.ok(!matcher('a.b').matches(line('axb')));
  });

  it('takes upper and lower case for the same, unless there is upper case in it', () => {
    assert.ok(matcher('error').matches(line('ERROR')));
    assert.ok(!matcher('Error').matches(line('error')));
    assert.ok(matcher('\\Sx', true).matches(line('AX')));
  });

  it('finds what is seen, not what is in escape sequences', () => {
    assert.ok(matcher('red alert').matches(line('\x1b[31mred\x1b[0m alert')));
    assert.ok(!matcher('31m').matches(line('\x1b[31mred\x1b[0m')));
  });

  it('says what is wrong with a regular expression', () => {
    assert.match(Matcher.of({ query: '(', isRegex: true }).problem, /./);
    assert.ok(matcher('a\\-b', true).matches(line('a-b')));
    assert.deepEqual(Matcher.of({ query: '', isRegex: true }), { problem: '' });
  });

  it('marks all hits, and no empty ones', () => {
    assert.deepEqual(matcher('a+', true).ranges('aa b a'), [[0, 2], [5, 6]]);
    assert.deepEqual(matcher('a*', true).ranges('bab'), [[1, 2]]);
    assert.deepEqual(matcher('a*', true).ranges('😀a'), [[2, 3]]);
  });

  it('is written for the device in its own syntax', () => {
    assert.equal(asRe2({ query: 'a.b', isRegex: false }), '(?i)a\\.b');
    assert.equal(asRe2({ query: '\\d+ Error', isRegex: true }), '\\d+ Error');
  });
});

describe('what is found', () => {
  const rows: readonly Shown[] = [line('a'), line('b'), { kind: 'gap', stream: 'stdout', offset: 0, to: 1, order: 0, seq: 0, isGone: false }, line('ab')];

  it('is in the list where it is', () => {
    assert.deepEqual(find(rows, matcher('a'), false, 1_000), { rows, hits: [0, 3], isComplete: true });
  });

  it('is alone if it is asked for, with the gaps', () => {
    const found = find(rows, matcher('b'), true, 1_000);
    assert.deepEqual([found.rows, found.hits], [[rows[1], rows[2], rows[3]], [0, 2]]);
  });

  it('comes piece by piece where there is much', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => line(`number ${i}`));
    const search = matcher('7');
    let calls = 0;
    for (let isComplete = false; !isComplete; calls++) {
      assert.ok(calls < 100);
      isComplete = find(many, search, false, 0).isComplete;
    }
    assert.ok(calls > 1);
    assert.deepEqual(find(many, search, true, 0).rows, many.filter((_, i) => String(i).includes('7')));
  });
});

describe('the height of rows', () => {
  const layout = { lineHeight: 20, columns: 10, hasTime: false };

  it('is estimated until it is measured', () => {
    const long = line('x'.repeat(25));
    assert.deepEqual([...topsOf([line('a'), long, line('')], layout)], [0, 20, 80, 100]);
    long.height = 40;
    long.layout = layout;
    assert.deepEqual([...topsOf([line('a'), long], layout)], [0, 20, 60]);
    assert.deepEqual([...topsOf([long], { ...layout, columns: undefined })], [0, 20]);
  });

  it('tells the row at a place', () => {
    const tops = Float64Array.of(0, 20, 80, 100);
    assert.deepEqual([-5, 0, 19, 20, 79, 80, 500].map((at) => rowAt(tops, at)), [0, 0, 0, 1, 1, 2, 2]);
    assert.equal(rowAt(Float64Array.of(0), 10), 0);
  });
});

describe('a download', () => {
  it('has the bytes as they came, and says what is missing', async () => {
    const open: Line = { ...line('open'), bytes: new TextEncoder().encode('open') };
    const rows: Shown[] = [line('a'), open, { kind: 'gap', stream: 'stderr', offset: 5, to: 12, order: 0, seq: 0, isGone: true }, line('b')];
    assert.equal(await new Blob(contents(rows) as BlobPart[]).text(), 'a\nopen\n[7 bytes of stderr are missing]\nb\n');
  });

  it('has a name that tells what it is', () => {
    assert.equal(fileName('gate7', 'cam', 'stdout', new Date('2026-11-27T20:40:01.5Z')), 'gate7-cam-stdout-2026-11-27T20-40-01Z.log');
  });
});
