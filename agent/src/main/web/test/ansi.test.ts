import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from '../src/views/output/ansi';

const shown = (text: string, max = 1_000): string => parse(text, max).spans.map((span) => span.text).join('');
const looks = (text: string): [string, string][] => parse(text, 1_000).spans.map(({ text: part, look }) => [part, look]);

describe('colours', () => {
  it('become classes and end with a reset', () => {
    assert.deepEqual(looks('a\x1b[1;31mb\x1b[0mc'), [
      ['a', ''],
      ['b', 'c1 bold'],
      ['c', ''],
    ]);
  });

  it('of 256 and of true colour are the nearest of 16', () => {
    assert.deepEqual(looks('\x1b[38;5;196mr\x1b[38;2;0;250;0mg\x1b[38:2::90:90:255mb\x1b[38;5;208mo\x1b[48;5;232md'), [
      ['r', 'c1 bright'],
      ['g', 'c2 bright'],
      ['b', 'c4 bright'],
      ['o', 'c3 bright'],
      ['d', 'c0 ground'],
    ]);
  });

  it('on a ground, and inverse ones, leave the contrast to the style', () => {
    assert.deepEqual(looks('\x1b[31;42ma\x1b[0;7mb\x1b[31mc\x1b[27md'), [
      ['a', 'c2 ground'],
      ['b', 'ground'],
      ['c', 'c1 ground'],
      ['d', 'c1'],
    ]);
  });

  it('never bring anything but classes that are known', () => {
    for (let code = 0; code < 300; code++) {
      for (const prefix of ['', '38;5;', '48;5;', '38;2;1;', '4:']) {
        for (const { look } of parse(`\x1b[${prefix}${code}mx`, 10).spans) {
          assert.match(look, /^(c[0-8])?( ?(bright|ground|bold|dim|italic|underline|strike))*$/);
        }
      }
    }
  });
});

describe('other escape sequences', () => {
  it('are left out', () => {
    assert.equal(shown('\x1b]0;title\x07a\x1b[2Jb\x1b[10;20Hc\x1bP1$r junk\x1b\\d\x1b(Be\x1b]8;;http://x\x1b\\f\x9b31mg'), 'abcdefg');
  });

  it('without an end do not take the rest of the line', () => {
    assert.equal(shown('a\x1b]0;rest'), 'a0;rest');
    assert.equal(shown('a\x1b['), 'a');
    assert.equal(shown('a\x1b'), 'a');
  });

  it('cost time in proportion to the length of the line', () => {
    const begin = performance.now();
    shown('\x1b]'.repeat(131_072), 2_000);
    shown('\x1b[38;5'.repeat(40_000), 2_000);
    shown('x\b'.repeat(131_072), 2_000);
    shown('x\r'.repeat(131_072), 2_000);
    assert.ok(performance.now() - begin < 2_000);
  });
});

describe('a carriage return', () => {
  it('shows the last state of a progress bar', () => {
    assert.equal(shown(' 10%\r 20%\r 30%'), ' 30%');
    assert.equal(shown(' 10%\r 20%\r'), ' 20%');
    assert.equal(shown('10%\x1b[1G20%\x1b[2K\x1b[1Gdone\n'), 'done');
  });

  it('at the end of a line is a part of its end', () => {
    assert.equal(shown('text\r\n'), 'text');
  });

  it('keeps the colour', () => {
    assert.deepEqual(looks('\x1b[32m10%\r20%'), [['20%', 'c2']]);
  });

  it('far behind is found in a line of any length', () => {
    assert.equal(shown('x'.repeat(100_000) + '\rend', 10), 'end');
  });
});

describe('characters that would do something', () => {
  it('are shown as symbols', () => {
    assert.equal(shown('a\x00b\x07c\x7f\td'), 'a␀b␇c␡\td');
  });

  it('cannot change the direction of the text around them', () => {
    assert.equal(shown('a\u202eb\u2066c\u200fd\u2028e'), 'a⟨U+202E⟩b⟨U+2066⟩c⟨U+200F⟩d⟨U+2028⟩e');
  });

  it('take back what was before, if it is a backspace', () => {
    assert.equal(shown('|\b/\b-\bdone'), 'done');
    assert.equal(shown('\b\ba'), 'a');
  });
});

describe('a long line', () => {
  it('is cut, and says so', () => {
    assert.deepEqual(parse('x'.repeat(11), 10), { spans: [{ text: 'x'.repeat(10), look: '' }], isCut: true });
    assert.deepEqual(parse('\x1b[31m' + 'x'.repeat(11), 10), { spans: [{ text: 'x'.repeat(10), look: 'c1' }], isCut: true });
    assert.equal(parse('x'.repeat(10) + '\n', 10).isCut, false);
  });
});
