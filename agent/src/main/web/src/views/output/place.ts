import { fromWholeLine } from './answer';
import { Feed, PAGE_BYTES, type Source } from './feed';
import { STREAMS, type Stream } from './rows';
import type { Json } from '../../fleet/json';

/** Where somebody wants to look. */
export type Target =
  /** A line of one stream; what the other one said at that time is around it, if the time is known. */
  | { readonly kind: 'offset'; readonly stream: Stream; readonly offset: number; readonly at: number | undefined }
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
    for (const stream of STREAMS) {
      const args = beginning(target, stream);
      if (args !== undefined) this.load(`place ${stream}`, () => this.open(stream, args));
    }
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

  private async open(stream: Stream, args: Json): Promise<void> {
    const answer = await this.ask(stream, { ...args, max_bytes: PAGE_BYTES });
    const { offset } = answer.piece;
    this.transcript.insert(stream, answer.piece, 'newest');
    if (this.target.kind === 'time' || this.target.stream === stream) this.begins.set(stream, offset);
    if (offset <= answer.oldest) return;
    const from = Math.max(answer.oldest, offset - CONTEXT_BYTES);
    const before = await this.ask(stream, { from, to: offset });
    this.transcript.insert(stream, from > before.oldest ? fromWholeLine(before.piece) : before.piece, 'newest');
  }
}

/** The arguments of `logs` with which a stream begins; undefined if nobody knows where. */
function beginning(target: Target, stream: Stream): Json | undefined {
  if (target.kind === 'time') return { since: target.since };
  if (target.stream === stream) return { from: target.offset };
  return target.at === undefined ? undefined : { since: new Date(target.at).toISOString() };
}
