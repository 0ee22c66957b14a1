import { endOf, isLine, join, slice, split, type Gap, type Piece, type Row, type Stream } from './rows';

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
  /** Lines that ever came at the end, to tell how many are new. */
  appended = 0;
  /** Lines that had to give way. */
  dropped = 0;

  constructor(readonly stream: Stream) {}

  /** Of the kept lines. */
  get bytes(): number {
    return this.rows.reduce((sum, row) => sum + (isLine(row) ? row.bytes.length : 0), 0);
  }

  /** Takes what is not known yet: what is beyond the ends becomes a gap, and then gaps are filled. */
  insert(piece: Piece): void {
    const { offset } = piece;
    const to = offset + piece.bytes.length;
    if (to === offset) return;
    const first = (this.first ??= offset);
    const end = (this.end ??= offset);
    const { order = 0, seq = 0 } = piece.marks[0] ?? {};
    const gap: Gap = { kind: 'gap', stream: this.stream, offset, to: first, order, seq, isGone: false };
    if (offset < first) this.rows.unshift(gap);
    if (to > end) this.rows.push({ ...gap, offset: end, to });
    this.first = Math.min(offset, first);
    this.end = Math.max(to, end);
    this.replaceGaps(offset, to, (row, from, until) => {
      const { lines, skipped } = split(this.stream, slice(piece, from, until), MAX_ROWS);
      if (until > end) {
        this.appended += lines.length + skipped;
        this.dropped += skipped;
      }
      return [...part(row, from, lines[0]?.offset ?? until), ...lines];
    });
  }

  /** Notes that the device no longer has the bytes from `from` to `to`. */
  markGone(from: number, to: number): void {
    this.replaceGaps(from, to, (row, offset, until) => [{ ...row, offset, to: until, isGone: true }]);
  }

  /** Notes that there are bytes up to `end`: what is not known of them is a gap. */
  expect(end: number): void {
    const last = this.rows[this.rows.length - 1];
    if (this.end === undefined || last === undefined || end <= this.end) return;
    const { stream, order, seq } = last;
    this.rows.push({ kind: 'gap', stream, offset: this.end, to: end, order, seq, isGone: false });
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
    this.first = this.end;
  }

  /** Drops the oldest `count` rows, and gaps before what is left. */
  dropFirst(count: number): void {
    let until = count;
    while (this.rows[until]?.kind === 'gap') until++;
    this.dropped += this.rows.splice(0, until).filter(isLine).length;
    this.first = this.rows[0]?.offset ?? this.end;
  }

  /** Drops the newest `count` rows: of a place in the past, they can be loaded again. */
  dropLast(count: number): void {
    let from = Math.max(0, this.rows.length - count);
    while (this.rows[from - 1]?.kind === 'gap') from--;
    this.rows.splice(from);
    const row = this.rows[from - 1];
    this.end = row === undefined ? this.first : endOf(row);
  }

  /** Puts other rows in the place of gaps, as far as they are in a range, and joins what has become one line. */
  private replaceGaps(from: number, to: number, rowsFor: (gap: Gap, from: number, to: number) => Row[]): void {
    const { rows } = this;
    for (let i = rows.length - 1; i >= 0; i--) {
      const row = rows[i] as Row;
      if (endOf(row) <= from) return;
      if (row.kind !== 'gap' || row.offset >= to) continue;
      const a = Math.max(row.offset, from);
      const b = Math.min(row.to, to);
      const others = [...part(row, row.offset, a), ...rowsFor(row, a, b), ...part(row, b, row.to)];
      const isNew = b === this.end;
      rows.splice(i, 1, ...others);
      this.joinAt(i + others.length - 1);
      // A line that has grown is not another one.
      if (this.joinAt(i - 1) && isNew) this.appended--;
    }
  }

  private joinAt(index: number): boolean {
    const a = this.rows[index];
    const b = this.rows[index + 1];
    const joined = a === undefined || b === undefined ? undefined : join(a, b);
    if (joined !== undefined) this.rows.splice(index, 2, joined);
    return joined !== undefined;
  }
}

/** A part of a gap; none if it is empty. */
const part = (row: Gap, offset: number, to: number): Gap[] => (offset < to ? [{ ...row, offset, to }] : []);
