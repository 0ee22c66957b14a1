import { fromWholeLine } from './answer';
import { Feed, PAGE_BYTES, type Source } from './feed';
import { STREAMS, type Stream } from './rows';

/** Where somebody wants to look. */
export type Target =
  /** A line of one stream. */
  | { readonly kind: 'offset'; readonly stream: Stream; readonly offset: number }
  /** A time as `logs` understands it: RFC 3339, or how long ago, as in `1h`. */
  | { readonly kind: 'time'; readonly since: string };

/** Shown before a target. */
const CONTEXT_BYTES = 16 << 10;

/** Output of the past, around a target. It can be followed in both directions; the other end gives way. */
export class PlaceFeed extends Feed {
  /** The first line of the target, once it is known. */
  readonly begins = new Map<Stream, number>();

  constructor(
    source: Source,
    changed: () => void,
    readonly target: Target,
  ) {
    super(source, changed, 'oldest');
    const streams = target.kind === 'offset' ? [target.stream] : STREAMS;
    for (const stream of streams) this.load(`place ${stream}`, () => this.open(stream));
  }

  /** Loads what is behind what is known. */
  newer(stream: Stream): void {
    const { end } = this.transcript[stream];
    if (end === undefined) return;
    this.load(`newer ${stream}`, async () => {
      const answer = await this.ask(stream, { from: end, max_bytes: PAGE_BYTES });
      this.transcript.insert(stream, answer.piece, 'newest');
      this.transcript[stream].markGone(end, answer.piece.offset);
    });
  }

  private async open(stream: Stream): Promise<void> {
    const { target } = this;
    const at = target.kind === 'offset' ? { from: target.offset } : { since: target.since };
    const answer = await this.ask(stream, { ...at, max_bytes: PAGE_BYTES });
    const { offset } = answer.piece;
    this.transcript.insert(stream, answer.piece, 'newest');
    this.begins.set(stream, offset);
    if (offset <= answer.oldest) return;
    const from = Math.max(answer.oldest, offset - CONTEXT_BYTES);
    const before = await this.ask(stream, { from, to: offset });
    this.transcript.insert(stream, from > before.oldest ? fromWholeLine(before.piece) : before.piece, 'newest');
  }
}
