import { MAX_ROWS, StreamLines } from './stream-lines';
import { STREAMS, isSame, type More, type Piece, type Row, type Shown, type Stream } from './rows';

/** Of both streams together. A row takes about 150 bytes more. */
const MAX_BYTES = 8 << 20;

/** Both streams of a service, as far as they are in the page: 20,000 rows and 8 MiB at most. */
export class Transcript {
  readonly stdout = new StreamLines('stdout');
  readonly stderr = new StreamLines('stderr');
  /** Where the device's own copy begins and ends; undefined until it has said so. */
  readonly oldest: Record<Stream, number | undefined> = { stdout: undefined, stderr: undefined };
  readonly newest: Record<Stream, number | undefined> = { stdout: undefined, stderr: undefined };

  /** Inserts, and keeps the bounds. */
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

  /** @param keeps which end stays when there is too much */
  bound(keeps: 'newest' | 'oldest'): void {
    for (;;) {
      const excess = this.rows - MAX_ROWS;
      if (excess <= 0 && this.bytes <= MAX_BYTES) return;
      // The stream with more gives way: a flood on stdout must not take what stderr said.
      const size = (lines: StreamLines): number => (excess > 0 ? lines.rows.length : lines.bytes);
      const larger = size(this.stdout) >= size(this.stderr) ? this.stdout : this.stderr;
      const count = excess > 0 ? excess : Math.ceil(larger.rows.length / 16);
      if (keeps === 'newest') larger.dropFirst(count);
      else larger.dropLast(count);
    }
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
}

function more(kind: More['kind'], stream: Stream, offset: number, beside: Row | undefined, otherwise: number): More {
  return { kind, stream, offset, order: beside?.order ?? otherwise, seq: beside?.seq ?? 0 };
}

function merged(a: readonly Shown[], b: readonly Shown[]): Shown[] {
  const all: Shown[] = [];
  let next = 0;
  for (const row of a) {
    for (let other = b[next]; other !== undefined && isBefore(other, row); other = b[next]) {
      all.push(other);
      next++;
    }
    all.push(row);
  }
  return all.concat(b.slice(next));
}

const isBefore = (a: Shown, b: Shown): boolean => a.order < b.order || (a.order === b.order && a.seq < b.seq);

/** Where a row is now; -1 if it is gone. Looks near `guess` first. */
export function indexOf(rows: readonly Shown[], row: Shown, guess: number): number {
  return rows[guess] === row ? guess : rows.findIndex((each) => isSame(each, row));
}
