import { MAX_ROWS, StreamLines } from './stream-lines';
import { STREAMS, keyOf, type More, type Piece, type Row, type Shown, type Stream } from './rows';

/** Of both streams together. A row takes about 150 bytes more. */
const MAX_BYTES = 8 << 20;

/** Both streams of a service, as far as they are in the page: 20,000 rows and 8 MiB at most. */
export class Transcript {
  readonly stdout = new StreamLines('stdout');
  readonly stderr = new StreamLines('stderr');
  /** Where the device's own copy begins and ends; undefined until it has said so. */
  readonly oldest: Record<Stream, number | undefined> = { stdout: undefined, stderr: undefined };
  readonly newest: Record<Stream, number | undefined> = { stdout: undefined, stderr: undefined };

  /** @param keeps which end stays when there is too much */
  insert(stream: Stream, piece: Piece, keeps: 'newest' | 'oldest'): void {
    this[stream].insert(piece);
    this.bound(keeps);
  }

  get rows(): number {
    return this.stdout.rows.length + this.stderr.rows.length;
  }

  get bytes(): number {
    return this.stdout.bytes + this.stderr.bytes;
  }

  get dropped(): number {
    return this.stdout.dropped + this.stderr.dropped;
  }

  /** Whether loading older output would push out newer output soon. */
  get isCrowded(): boolean {
    return this.rows > MAX_ROWS / 2 || this.bytes > MAX_BYTES / 2;
  }

  clear(): void {
    for (const stream of STREAMS) this[stream].clear();
  }

  /** The rows of these streams in the order in which they were written; the order within a stream is never changed. */
  list(streams: readonly Stream[], isLive: boolean): Shown[] {
    const [a = [], b = []] = streams.map((stream) => this.framed(stream, isLive));
    return b.length === 0 ? a : merged(a, b);
  }

  /** With where to load more, before and behind. */
  private framed(stream: Stream, isLive: boolean): Shown[] {
    const { rows, first, end } = this[stream];
    const shown: Shown[] = [...rows];
    if (first !== undefined && first > (this.oldest[stream] ?? 0)) shown.unshift(more('older', stream, first, rows[0], -Infinity));
    if (!isLive && end !== undefined && end < (this.newest[stream] ?? 0)) {
      shown.push(more('newer', stream, end, rows[rows.length - 1], Infinity));
    }
    return shown;
  }

  private bound(keeps: 'newest' | 'oldest'): void {
    for (let excess = this.rows - MAX_ROWS; excess > 0; excess = this.rows - MAX_ROWS) {
      // The stream with more gives way: a flood on stdout must not take what stderr said.
      const larger = this.stdout.rows.length >= this.stderr.rows.length ? this.stdout : this.stderr;
      drop(larger, keeps, excess);
    }
    while (this.bytes > MAX_BYTES) {
      const larger = this.stdout.bytes >= this.stderr.bytes ? this.stdout : this.stderr;
      drop(larger, keeps, rowsWith(larger.rows, this.bytes - MAX_BYTES, keeps));
    }
  }
}

function drop(lines: StreamLines, keeps: 'newest' | 'oldest', count: number): void {
  if (keeps === 'newest') lines.dropFirst(count);
  else lines.dropLast(count);
}

/** How many rows from one end have so many bytes. */
function rowsWith(rows: readonly Row[], bytes: number, keeps: 'newest' | 'oldest'): number {
  let count = 0;
  for (let sum = 0; sum < bytes && count < rows.length; count++) {
    const row = rows[keeps === 'newest' ? count : rows.length - 1 - count];
    if (row?.kind === 'line') sum += row.bytes.length;
  }
  return count;
}

function more(kind: More['kind'], stream: Stream, offset: number, beside: Row | undefined, otherwise: number): More {
  return { kind, stream, offset, order: beside?.order ?? otherwise, seq: beside?.seq ?? 0 };
}

function merged(a: readonly Shown[], b: readonly Shown[]): Shown[] {
  const all: Shown[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i] as Shown;
    const y = b[j] as Shown;
    if (x.order < y.order || (x.order === y.order && x.seq <= y.seq)) {
      all.push(x);
      i++;
    } else {
      all.push(y);
      j++;
    }
  }
  for (; i < a.length; i++) all.push(a[i] as Shown);
  for (; j < b.length; j++) all.push(b[j] as Shown);
  return all;
}

/** Where a row is now; -1 if it is gone. Looks near `guess` first. */
export function indexOf(rows: readonly Shown[], row: Shown, guess: number): number {
  if (rows[guess] === row) return guess;
  const key = keyOf(row);
  return rows.findIndex((each) => each.offset === row.offset && each.stream === row.stream && keyOf(each) === key);
}
