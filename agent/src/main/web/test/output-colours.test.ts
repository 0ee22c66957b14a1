import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

const css = readFileSync('src/styles/base.css', 'utf8') + readFileSync('src/styles/output.css', 'utf8');

/** A colour of the style, in the light theme or in the dark one. */
function colour(name: string, theme: 'light' | 'dark'): string {
  const found = new RegExp(`${name}: (?:var\\((--\\w+)\\)|light-dark\\((#\\w{6}), (#\\w{6})\\))`).exec(css);
  assert.ok(found, name);
  const [, other, light = '', dark = ''] = found;
  return other !== undefined ? colour(other, theme) : theme === 'light' ? light : dark;
}

const parts = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** What `color-mix(in srgb, …)` makes of two colours. */
function mixed(a: string, b: string, share: number): string {
  const other = parts(b);
  return '#' + parts(a).map((part, i) => Math.round(part + ((other[i] ?? 0) - part) * share).toString(16).padStart(2, '0')).join('');
}

/** Relative luminance (WCAG 2, 1.4.3). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = parts(hex).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

for (const theme of ['light', 'dark'] as const) {
  it(`every colour of a terminal can be read in the ${theme} theme`, () => {
    const share = Number(/var\(--colour\), var\(--text\) (\d+)%/.exec(css)?.[1]) / 100;
    for (let i = 0; i <= 8; i++) {
      const plain = colour(`\\.c${i} {\\s+--colour`, theme);
      for (const each of [plain, mixed(plain, colour('--text', theme), share)]) {
        const value = contrast(each, colour('--panel', theme));
        assert.ok(value >= 4.5, `.c${i}, ${each}: ${value.toFixed(2)}`);
      }
    }
    assert.ok(contrast(colour('--hit', theme), colour('--text', theme)) >= 4.5);
  });
}
