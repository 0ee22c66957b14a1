/** What the list shows: lines as they came, and where bytes are missing. */

export type Stream = 'stdout' | 'stderr';

export const STREAMS: readonly Stream[] = ['stdout', 'stderr'];

/** A line without an end is cut here, so that no line can fill the page's memory. In bytes. */
export const MAX_LINE = 256 << 10;

interface Place {
  readonly stream: Stream;
  /** Of its first byte, counted from the first byte that the stream ever had. */
  readonly offset: number;
  /** Where it belongs among the rows of the other stream: milliseconds since 1970, and a number for equal ones. */
  readonly order: number;
  readonly seq: number;
}

export interface Line extends Place {
  readonly kind: 'line';
  /** As they were written, with the line feed if there was one. */
  readonly bytes: Uint8Array;
  /** When it was written by the device's clock; undefined where nobody knows. */
  readonly at: number | undefined;
  /** The last search that looked at it, and what came of it: kept here, since a search looks at 20,000 of them. */
  seenBy?: unknown;
  isHit?: boolean;
  /** Whether somebody wants to see all of it. */
  isExpanded?: boolean;
  /** The measured height in pixels, and for which layout. */
  height?: number;
  layout?: unknown;
}

/** Bytes that did not come. */
export interface Gap extends Place {
  readonly kind: 'gap';
  readonly to: number;
  /** Whether the device does not have them any more, either. */
  readonly isGone: boolean;
}

/** Where a stream goes on, at the device, beyond what is loaded. */
export interface More extends Place {
  readonly kind: 'older' | 'newer';
}

export type Row = Line | Gap;
export type Shown = Row | More;

/** What bytes up to `end` have in common. */
export interface Mark {
  /** An offset in the stream, exclusive. */
  readonly end: number;
  readonly at: number | undefined;
  readonly order: number;
  readonly seq: number;
}

/** Bytes that follow each other in a stream. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** In the order of their ends; the last one is also for what is behind it. */
  readonly marks: readonly Mark[];
}

const LINE_FEED = 10;

export const endOf = (row: Row): number => (row.kind === 'gap' ? row.to : row.offset + row.bytes.length);

/** Names a row in the page; a line that grows keeps it. */
export const keyOf = (row: Shown): string => `${row.kind === 'line' ? '' : row.kind}${row.stream}${row.offset}`;

/** Whether both are the same place, though the row may have been made anew. */
export const isSame = (a: Shown, b: Shown): boolean => a.offset === b.offset && a.stream === b.stream && a.kind === b.kind;

export const isLine = (row: Shown): row is Line => row.kind === 'line';

export const isWhole = (line: Line): boolean => line.bytes[line.bytes.length - 1] === LINE_FEED;

/** Shows a part of a piece. */
export function slice(piece: Piece, from: number, to: number): Piece {
  return { offset: from, bytes: piece.bytes.subarray(from - piece.offset, to - piece.offset), marks: piece.marks };
}

/**
 * The lines of a piece; the last one may have no end.
 *
 * @param limit the most that are made, of the last ones: a piece may be nothing but line feeds
 */
export function split(stream: Stream, piece: Piece, limit: number): { lines: Line[]; skipped: number } {
  const { bytes, marks } = piece;
  const ends = [0];
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed < 0 ? bytes.length : feed + 1;
    at = end - at > MAX_LINE ? characterStart(bytes, at + MAX_LINE) : end;
    ends.push(at);
  }
  const skipped = Math.max(0, ends.length - 1 - limit);
  let mark = 0;
  const lines = ends.slice(skipped + 1).map((to, i): Line => {
    const from = ends[skipped + i] ?? 0;
    while (mark < marks.length - 1 && (marks[mark]?.end ?? 0) < piece.offset + to) mark++;
    const { at = undefined, order = 0, seq = 0 } = marks[mark] ?? {};
    return { kind: 'line', stream, offset: piece.offset + from, bytes: bytes.subarray(from, to), at, order, seq };
  });
  return { lines, skipped };
}

/** One line of two that follow each other; undefined if they are two, or would be too long together. */
export function join(a: Row, b: Row): Line | undefined {
  if (!isLine(a) || !isLine(b) || isWhole(a) || endOf(a) !== b.offset || a.bytes.length + b.bytes.length > MAX_LINE) return undefined;
  const { kind, stream, offset, at, order, seq } = a;
  return { kind, stream, offset, bytes: concat([a.bytes, b.bytes]), at, order, seq };
}

/** A copy, in a buffer of its own. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The first byte of the UTF-8 character that `at` is in; `at` itself if that is no UTF-8. */
function characterStart(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}
