import type { Shown } from './rows';

/** What the height of a row depends on. Another object for another layout, so that what was measured before is not used. */
export interface Layout {
  /** Of a line, in pixels. */
  readonly lineHeight: number;
  /** Characters that fit side by side; undefined where lines are not wrapped. */
  readonly columns: number | undefined;
  readonly hasTime: boolean;
}

/** As many lines as a note takes. */
const NOTE_LINES = 2;

/** About as many characters are shown of a line (Line.tsx). */
const MAX_SHOWN = 2_020;

const TIME_COLUMNS = 13;

/** Where each row begins, in pixels, and at the end how high all are. What was not measured is estimated. */
export function topsOf(rows: readonly Shown[], layout: Layout): Float64Array {
  const tops = new Float64Array(rows.length + 1);
  let top = 0;
  for (let i = 0; i < rows.length; i++) {
    top += heightOf(rows[i] as Shown, layout);
    tops[i + 1] = top;
  }
  return tops;
}

export function heightOf(row: Shown, layout: Layout): number {
  const { lineHeight, columns, hasTime } = layout;
  if (row.kind !== 'line') return NOTE_LINES * lineHeight;
  if (columns === undefined) return lineHeight;
  if (row.layout === layout && row.height !== undefined) return row.height;
  const characters = Math.min(row.bytes.length - 1, MAX_SHOWN) + (hasTime ? TIME_COLUMNS : 0);
  return lineHeight * Math.max(1, Math.ceil(characters / columns));
}

/** The row at a height: the last one that begins at it or above. */
export function rowAt(tops: Float64Array, height: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high - 1) {
    const middle = (low + high) >> 1;
    if ((tops[middle] ?? 0) <= height) low = middle;
    else high = middle;
  }
  return low;
}
