import { askLogs, MAX_ANSWER, type Source } from './feed';
import { endOf, split, type Line, type Stream } from './rows';
import { asRe2, type Query } from './search';
import type { Answer } from './answer';
import type { Json } from '../../fleet/json';
import { problemText } from '../../common/format';

/** Hits of one stream in the first answer of a search backwards. */
const LINES = 200;

/** Hits in the page. */
const MAX_HITS = 1_000;

/** Questions until the place of a hit is known; mostly it is one. */
const MAX_ROUNDS = 30;

/** A line on the device that matches. */
export interface Hit {
  /** Its offset is not that in the stream. */
  readonly line: Line;
  /** The answer that has it, and the bytes of its hits up to and with this one. */
  readonly answer: Answer;
  readonly upTo: number;
}

interface Progress {
  hits: Hit[];
  /** Arguments that go on; undefined at the end. */
  next: Json | undefined;
}

/** A search in all output that a device has kept: backwards from the end, or forwards from a time. */
export class DeviceSearch {
  private readonly streams: Map<Stream, Progress>;
  private readonly match: string;
  isSearching = false;
  problem = '';

  constructor(
    private readonly source: Source,
    streams: readonly Stream[],
    readonly query: Query,
    /** How far back, as in `1h`; empty is all that the device has kept. */
    private readonly period: string,
    private readonly changed: () => void,
  ) {
    this.match = asRe2(query);
    const first: Json = period === '' ? { lines: LINES } : { since: period };
    this.streams = new Map(streams.map((stream) => [stream, { hits: [], next: first }]));
    void this.more();
  }

  /** In the order in which they were written. */
  get hits(): readonly Hit[] {
    return [...this.streams.values()].flatMap(({ hits }) => hits).sort((a, b) => a.line.order - b.line.order || a.line.offset - b.line.offset);
  }

  get hasMore(): boolean {
    return !this.isFull && [...this.streams.values()].some(({ next }) => next !== undefined);
  }

  get isFull(): boolean {
    return [...this.streams.values()].reduce((sum, { hits }) => sum + hits.length, 0) >= MAX_HITS;
  }

  /** Searches on. */
  async more(): Promise<void> {
    if (this.isSearching) return;
    this.isSearching = true;
    this.problem = '';
    this.changed();
    try {
      await Promise.all([...this.streams].map(([stream, progress]) => this.step(stream, progress)));
    } catch (error) {
      this.problem = problemText(error);
    }
    this.isSearching = false;
    this.changed();
  }

  /**
   * Where a hit is in its stream, which an answer does not say: a search that has room for the hits up to this one ends
   * behind it.
   *
   * @throws Error if it is not there any more
   */
  async locate(hit: Hit): Promise<number> {
    let from = hit.answer.offset;
    let rest = hit.upTo;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const answer = await this.ask(hit.line.stream, { from, to: hit.answer.next, max_bytes: rest });
      rest -= answer.piece.bytes.length;
      if (rest <= 0) return answer.next - hit.line.bytes.length;
      if (answer.next <= from) break;
      from = answer.next;
    }
    throw new Error('the line is not there any more');
  }

  private async step(stream: Stream, progress: Progress): Promise<void> {
    const args = progress.next;
    if (args === undefined) return;
    const answer = await this.ask(stream, args);
    let upTo = 0;
    const found = split(stream, answer.piece, MAX_HITS).lines.map((line): Hit => {
      upTo += line.bytes.length;
      return { line, answer, upTo };
    });
    const isForward = this.period !== '';
    progress.hits = (isForward ? [...progress.hits, ...found] : [...found, ...progress.hits]).slice(0, MAX_HITS);
    const isOver = isForward ? !answer.isTruncated : answer.offset <= answer.oldest || (!answer.isTruncated && found.length < LINES && args['lines'] !== undefined);
    progress.next = isOver ? undefined : isForward ? { from: answer.next } : { to: answer.offset };
  }

  private ask(stream: Stream, args: Json): Promise<Answer> {
    return askLogs(this.source, { stream, match: this.match, max_bytes: MAX_ANSWER, ...args });
  }
}

export const keyOfHit = ({ line, answer }: Hit): string => `${line.stream}${answer.offset} ${endOf(line)}`;
