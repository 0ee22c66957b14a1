import { endOf, join, slice, split, type Gap, type Line, type Piece, type Row, type Stream } from './rows';

/** The most rows that one piece makes, and that a transcript keeps (transcript.ts). */
export const MAX_ROWS = 20_000;

/**
 * What is known of one stream: a range of offsets without holes, in which what is missing is a gap. Pieces may come in any
 * order and more than once. `Transcript` keeps it bounded.
 */
export class StreamLines {
  readonly rows: Row[] = [];
  /** Offset of the first byte that is known, and the one after the last; both undefined at the beginning. */
  first: number | undefined;
  end: number | undefined;
  /** Of the kept lines. */
  bytes = 0;
  /** Lines that ever came at the end, to tell how many are new. */
  appended = 0;
  /** Lines that had to give way. */
  dropped = 0;

  constructor(readonly stream: Stream) {}

  /** Takes what is not known yet. */
  insert(piece: Piece): void {
    const to = piece.offset + piece.bytes.length;
    if (to === piece.offset) return;
    this.first ??= piece.offset;
    this.end ??= piece.offset;
    const { first, end } = this;
    if (piece.offset < first) this.prepend(slice(piece, piece.offset, Math.min(to, first)), first);
    if (piece.offset < end && to > first) this.fill(piece);
    if (to > end) this.append(slice(piece, Math.max(piece.offset, end), to), end);
  }

  /** Notes that the device no longer has the bytes from `from` to `to`. */
  markGone(from: number, to: number): void {
    for (let i = this.rows.length - 1; i >= 0; i--) {
      const row = this.rows[i];
      if (row?.kind !== 'gap' || row.isGone || row.offset >= to || row.to <= from) continue;
      const a = Math.max(from, row.offset);
      const b = Math.min(to, row.to);
      this.replace(i, 1, [...gaps(row, row.offset, a), { ...row, offset: a, to: b, isGone: true }, ...gaps(row, b, row.to)]);
    }
  }

  /** Notes that there are bytes up to `end`: what is not known of them is a gap. */
  expect(end: number): void {
    const last = this.rows[this.rows.length - 1];
    if (this.end === undefined || last === undefined || end <= this.end) return;
    this.rows.push(gap(last, this.end, end));
    this.end = end;
  }

  /** Forgets everything: the stream counts from 0 again. */
  restart(): void {
    this.clear();
    this.first = this.end = undefined;
  }

  /** Forgets all rows, but not where the stream is. */
  clear(): void {
    this.rows.length = 0;
    this.bytes = 0;
    this.first = this.end;
  }

  /** Drops the oldest `count` rows, and gaps before what is left. */
  dropFirst(count: number): void {
    let until = Math.min(count, this.rows.length);
    while (this.rows[until]?.kind === 'gap') until++;
    this.dropped += this.remove(0, until);
    const row = this.rows[0];
    this.first = row === undefined ? this.end : row.offset;
  }

  /** Drops the newest `count` rows: of a place in the past, they can be loaded again. */
  dropLast(count: number): void {
    let from = Math.max(0, this.rows.length - count);
    while (this.rows[from - 1]?.kind === 'gap') from--;
    this.remove(from, this.rows.length - from);
    const row = this.rows[from - 1];
    this.end = row === undefined ? this.first : endOf(row);
  }

  private append(piece: Piece, end: number): void {
    const { lines, skipped } = split(this.stream, piece, MAX_ROWS);
    this.appended += lines.length + skipped;
    this.dropped += skipped;
    const head = lines[0];
    if (head === undefined) return;
    // What was skipped is older than all that is kept.
    if (skipped > 0) this.clear();
    if (skipped > 0) this.first = head.offset;
    else if (head.offset > end) this.rows.push(gap(head, end, head.offset));
    const last = this.rows[this.rows.length - 1];
    const joined = last === undefined ? undefined : join(last, head);
    if (joined !== undefined) {
      this.rows[this.rows.length - 1] = joined;
      this.appended--;
    } else {
      this.rows.push(head);
    }
    for (let i = 1; i < lines.length; i++) this.rows.push(lines[i] as Line);
    for (const line of lines) this.bytes += line.bytes.length;
    this.end = piece.offset + piece.bytes.length;
  }

  private prepend(piece: Piece, first: number): void {
    const { lines } = split(this.stream, piece, MAX_ROWS);
    const tail = lines[lines.length - 1];
    if (tail === undefined) return;
    const end = endOf(tail);
    this.replace(0, 0, [...lines, ...(end < first ? [gap(tail, end, first)] : [])]);
    this.first = lines[0]?.offset ?? first;
  }

  private fill(piece: Piece): void {
    const to = piece.offset + piece.bytes.length;
    for (let i = this.rows.length - 1; i >= 0; i--) {
      const row = this.rows[i];
      if (row?.kind !== 'gap' || row.offset >= to || row.to <= piece.offset) continue;
      const a = Math.max(row.offset, piece.offset);
      const b = Math.min(row.to, to);
      const { lines } = split(this.stream, slice(piece, a, b), MAX_ROWS);
      const from = lines[0]?.offset ?? b;
      this.replace(i, 1, [...gaps(row, row.offset, from), ...lines, ...gaps(row, b, row.to)]);
    }
  }

  /** Puts rows in the place of others, and joins what has become one line. */
  private replace(index: number, count: number, rows: readonly Row[]): void {
    this.rows.splice(index, count, ...rows);
    for (const row of rows) if (row.kind === 'line') this.bytes += row.bytes.length;
    this.joinAt(index + rows.length - 1);
    this.joinAt(index - 1);
  }

  private joinAt(index: number): void {
    const a = this.rows[index];
    const b = this.rows[index + 1];
    const joined = a === undefined || b === undefined ? undefined : join(a, b);
    if (joined !== undefined) this.rows.splice(index, 2, joined);
  }

  /** @returns how many lines that were */
  private remove(from: number, count: number): number {
    let lines = 0;
    for (const row of this.rows.splice(from, count)) {
      if (row.kind !== 'line') continue;
      lines++;
      this.bytes -= row.bytes.length;
    }
    return lines;
  }
}

function gap(beside: Row, offset: number, to: number): Gap {
  const { stream, order, seq } = beside;
  return { kind: 'gap', stream, offset, to, order, seq, isGone: false };
}

/** A part of a gap; none if it is empty. */
const gaps = (row: Gap, offset: number, to: number): Gap[] => (offset < to ? [{ ...row, offset, to }] : []);
