import { fromWholeLine, readAnswer, type Answer } from './answer';
import { STREAMS, type Gap, type Shown, type Stream } from './rows';
import { Transcript } from './transcript';
import type { App } from '../../ui/app';
import { problemText } from '../../common/format';
import type { Json } from '../../fleet/json';

/** A page that somebody watches does not wait for long; an offline device does not answer at all. */
const ANSWER_LIMIT_MS = 10_000;

/** Loaded at a time when somebody scrolls on. */
const PAGE_BYTES = 64 << 10;

/** Shown before a target. */
const CONTEXT_BYTES = 16 << 10;

/** An answer has this many bytes at most (agent/docs/protocol.md, `logs`). */
export const MAX_ANSWER = 196_608;

export interface Source {
  readonly app: App;
  readonly device: string;
  readonly service: string;
}

/** Where somebody wants to look: at a time, or at a line of one stream. */
export interface Target {
  /** As `logs` understands it: RFC 3339, or how long ago, as in `1h`. Undefined for a line of which nobody knows the time. */
  readonly since: string | undefined;
  readonly line?: { readonly stream: Stream; readonly offset: number };
}

/** A line, and around it what the other stream said at that time. */
export const targetOf = ({ stream, order }: Pick<Shown, 'stream' | 'order'>, offset: number): Target => ({
  line: { stream, offset },
  since: order > 0 ? new Date(order).toISOString() : undefined,
});

/** What could not be read, and how to try it again. */
export interface Problem {
  readonly text: string;
  readonly retry: () => void;
}

/** @throws Error with a text for a person */
export async function askLogs({ app, device, service }: Source, args: Json): Promise<Answer> {
  if (app.fleet.device(device)?.isOnline === false) throw new Error(`${device} is offline`);
  const answer = readAnswer(await app.requests.send(device, service, 'logs', args, ANSWER_LIMIT_MS));
  if (answer === undefined) throw new Error('the answer cannot be understood');
  return answer;
}

/** A transcript that is filled from a device's files, piece by piece. */
export class Feed {
  readonly transcript = new Transcript();
  readonly problems = new Map<string, Problem>();
  /** The first line of the target, once it is known. */
  readonly begins = new Map<Stream, number>();
  private readonly loading = new Set<string>();
  private isClosed = false;

  /**
   * @param changed told of every change, often
   * @param target a place in the past, around which it begins; the end that is farther from what somebody reads gives way
   */
  constructor(
    protected readonly source: Source,
    protected readonly changed: () => void,
    readonly target?: Target,
  ) {
    for (const stream of STREAMS) {
      const args = target && beginning(target, stream);
      if (args === undefined) continue;
      this.load(`place ${stream}`, async () => {
        const answer = await this.ask(stream, { ...args, max_bytes: PAGE_BYTES });
        this.accept(stream, answer);
        if ((target?.line?.stream ?? stream) === stream) this.begins.set(stream, answer.piece.offset);
        await this.readBefore(stream, CONTEXT_BYTES);
      });
    }
  }

  get isLoading(): boolean {
    return this.loading.size > 0;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Loads what is before what is known, a page at a time. */
  older(stream: Stream): void {
    this.load(`older ${stream}`, () => this.readBefore(stream, PAGE_BYTES));
  }

  /** Loads what is behind what is known. */
  newer(stream: Stream): void {
    const from = this.transcript[stream].end;
    this.load(`newer ${stream}`, async () => this.accept(stream, await this.ask(stream, { from, max_bytes: PAGE_BYTES }), from));
  }

  /** Loads what is missing, up to the size of one answer. */
  fill({ stream, offset, to }: Gap): void {
    this.load(`gap ${stream}${offset}`, async () => this.accept(stream, await this.ask(stream, { from: offset, to }), offset, to));
  }

  private async readBefore(stream: Stream, size: number): Promise<void> {
    const { transcript } = this;
    const { first = 0 } = transcript[stream];
    const oldest = transcript.oldest[stream] ?? 0;
    if (first <= oldest) return;
    const from = Math.max(oldest, first - size);
    const answer = await this.ask(stream, { from, to: first });
    transcript.insert(stream, from > answer.oldest ? fromWholeLine(answer.piece) : answer.piece, this.target === undefined ? 'newest' : 'oldest');
    // The device has freed what it said it had.
    if (answer.piece.bytes.length === 0) transcript.oldest[stream] = first;
  }

  /** Asks the device for a range, and notes what it has. */
  protected async ask(stream: Stream, args: Json): Promise<Answer> {
    const answer = await askLogs(this.source, { stream, ...args });
    if (this.isClosed) throw new Error('closed');
    this.transcript.oldest[stream] = answer.oldest;
    this.transcript.newest[stream] = answer.end;
    return answer;
  }

  /** Inserts an answer, and notes what the device no longer has of the range that was asked for. */
  protected accept(stream: Stream, { piece }: Answer, from = piece.offset, to = Infinity): void {
    this.transcript.insert(stream, piece, 'newest');
    this.transcript[stream].markGone(from, piece.bytes.length === 0 ? to : Math.min(piece.offset, to));
  }

  /** Runs a task, once at a time for its name; its failure is shown until it succeeds. */
  protected load(name: string, task: () => Promise<void>): void {
    if (this.loading.has(name) || this.isClosed) return;
    this.loading.add(name);
    this.changed();
    task()
      .then(
        () => this.problems.delete(name),
        (error: unknown) => this.problems.set(name, { text: problemText(error), retry: () => this.load(name, task) }),
      )
      .finally(() => {
        this.loading.delete(name);
        if (!this.isClosed) this.changed();
      });
  }
}

/** The arguments of `logs` with which a stream begins; undefined if nobody knows where. */
function beginning({ since, line }: Target, stream: Stream): Json | undefined {
  if (line?.stream === stream) return { from: line.offset };
  return since === undefined ? undefined : { since };
}
