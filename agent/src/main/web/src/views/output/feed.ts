import { isOffset, fromWholeLine, readAnswer, refusal, type Answer } from './answer';
import type { Gap, Stream } from './rows';
import { Transcript } from './transcript';
import type { App } from '../../ui/app';
import type { Json } from '../../fleet/json';

/** A page that somebody watches does not wait for long; an offline device does not answer at all. */
const ANSWER_LIMIT_MS = 10_000;

/** Loaded at a time when somebody scrolls on. */
export const PAGE_BYTES = 64 << 10;

/** An answer has this many bytes at most (agent/docs/protocol.md, `logs`). */
export const MAX_ANSWER = 196_608;

export interface Source {
  readonly app: App;
  readonly device: string;
  readonly service: string;
}

/** What could not be read, and how to try it again. */
export interface Problem {
  readonly text: string;
  readonly retry: () => void;
}

/** @throws Error with a text for a person */
export async function askLogs({ app, device, service }: Source, args: Json): Promise<Answer> {
  if (app.fleet.device(device)?.isOnline === false) throw new Error(`${device} is offline`);
  const reply = await app.requests.service(device, service, 'logs', args, ANSWER_LIMIT_MS);
  if (!reply.isOk) throw new Error(refusal(reply.fields));
  const answer = readAnswer(reply.fields);
  if (answer === undefined) throw new Error('the answer cannot be understood');
  return answer;
}

/** A transcript that is filled from a device's files, piece by piece. */
export class Feed {
  readonly transcript = new Transcript();
  readonly problems = new Map<string, Problem>();
  private readonly loading = new Set<string>();
  protected isClosed = false;

  /**
   * @param changed told of every change, often
   * @param keeps which end stays when older output makes it too much
   */
  constructor(
    protected readonly source: Source,
    protected readonly changed: () => void,
    private readonly keeps: 'newest' | 'oldest',
  ) {}

  get isLoading(): boolean {
    return this.loading.size > 0;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Loads what is before what is known, a page at a time. */
  older(stream: Stream): void {
    const { first } = this.transcript[stream];
    const oldest = this.transcript.oldest[stream] ?? 0;
    if (!isOffset(first) || first <= oldest) return;
    const from = Math.max(oldest, first - PAGE_BYTES);
    this.load(`older ${stream}`, async () => {
      const answer = await this.ask(stream, { from, to: first });
      const piece = from > answer.oldest ? fromWholeLine(answer.piece) : answer.piece;
      this.transcript.insert(stream, piece, this.keeps);
      // The device has freed what it said it had.
      if (answer.piece.bytes.length === 0) this.transcript.oldest[stream] = first;
    });
  }

  /** Loads what is missing, up to the size of one answer. */
  fill({ stream, offset, to }: Gap): void {
    this.load(`gap ${stream}${offset}`, async () => {
      const answer = await this.ask(stream, { from: offset, to });
      this.transcript.insert(stream, answer.piece, 'newest');
      const begin = answer.piece.bytes.length === 0 ? to : answer.piece.offset;
      this.transcript[stream].markGone(offset, Math.min(begin, to));
    });
  }

  /** Asks the device for a range, and notes what it has. */
  protected async ask(stream: Stream, args: Json): Promise<Answer> {
    const answer = await askLogs(this.source, { stream, ...args });
    if (this.isClosed) throw new Error('closed');
    this.transcript.oldest[stream] = answer.oldest;
    this.transcript.newest[stream] = answer.end;
    return answer;
  }

  /** Runs a task, once at a time for its name; its failure is shown until it succeeds. */
  protected load(name: string, task: () => Promise<void>): void {
    if (this.loading.has(name) || this.isClosed) return;
    this.loading.add(name);
    this.changed();
    task()
      .then(
        () => this.problems.delete(name),
        (error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          this.problems.set(name, { text, retry: () => this.load(name, task) });
        },
      )
      .finally(() => {
        this.loading.delete(name);
        if (!this.isClosed) this.changed();
      });
  }
}
