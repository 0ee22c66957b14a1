import { isOffset } from './answer';
import { Feed, MAX_ANSWER, type Source } from './feed';
import { STREAMS, concat, slice, type Mark, type Stream } from './rows';
import type { Message, Subscription } from '../../link/link';

/** Lines of each stream that the page begins with. */
const HISTORY_LINES = 500;

/** Bytes that wait for the next frame; beyond it, as in a hidden tab, they are taken at once. */
const MAX_WAITING = 1 << 20;

/** What a message that waits takes beside its payload, roughly. */
const ARRIVAL_BYTES = 256;

interface Arrival {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly mark: Mark;
}

/**
 * The output of a service as it comes, after some lines of history. What comes between two frames is taken together, so that
 * the cost of a message does not depend on how many there are.
 */
export class LiveFeed extends Feed {
  private readonly subscriptions: Subscription[] = [];
  private readonly waiting: Record<Stream, Arrival[]> = { stdout: [], stderr: [] };
  private readonly runs: Record<Stream, { run: string; end: number }> = { stdout: { run: '', end: 0 }, stderr: { run: '', end: 0 } };
  private waitingBytes = 0;
  private frame = 0;
  private seq = 0;
  private lastOrder = 0;
  private readonly stopState: () => void;

  /** Subscribes and loads. */
  constructor(source: Source, changed: () => void) {
    super(source, changed);
    const { app, device, service } = source;
    for (const stream of STREAMS) {
      const topic = app.topics.of(device, 'svc', service, stream);
      this.subscriptions.push(app.link.subscribe(topic, (message) => this.take(stream, message), { retained: 'none' }));
    }
    // After the link's own listeners: it subscribes first, so that nothing is between the answer and what comes.
    this.stopState = app.link.onState((state) => state.kind === 'online' && setTimeout(() => this.catchUp()));
    if (app.link.state.kind === 'online') this.catchUp();
  }

  override close(): void {
    super.close();
    this.stopState();
    cancelAnimationFrame(this.frame);
    this.subscriptions.forEach((subscription) => subscription.close());
  }

  /** Loads what is not known: the last lines, or what has come since the last ones that are. */
  catchUp(): void {
    for (const [i, stream] of STREAMS.entries()) {
      this.load(`history ${stream}`, async () => {
        await this.subscriptions[i]?.accepted;
        const { end } = this.transcript[stream];
        const answer = await this.ask(stream, end === undefined ? { lines: HISTORY_LINES } : { from: end, max_bytes: MAX_ANSWER });
        this.drain();
        this.accept(stream, answer, end);
        if (end !== undefined) this.transcript[stream].expect(answer.end);
      });
    }
  }

  private take(stream: Stream, message: Message): void {
    const properties = message.properties.user ?? {};
    const queue = this.waiting[stream];
    const end = this.endOf(stream);
    const said = Number(properties['offset'] ?? NaN);
    // A bridge of MQTT 3.1.1 drops the properties: then it follows what was there.
    const offset = isOffset(said) ? said : end;
    const at = Date.parse(properties['at'] ?? '');
    this.lastOrder = Math.max(this.lastOrder, Number.isNaN(at) ? 0 : at);
    if (this.isAnew(stream, properties['run'] ?? '', offset, message.payload.length)) {
      this.drain();
      this.transcript[stream].restart();
      this.transcript.oldest[stream] = undefined;
    }
    const mark = { end: offset + message.payload.length, at: Number.isNaN(at) ? undefined : at, order: this.lastOrder, seq: ++this.seq };
    queue.push({ offset, bytes: message.payload, mark });
    this.waitingBytes += message.payload.length + ARRIVAL_BYTES;
    if (this.waitingBytes > MAX_WAITING) this.flush();
    else if (this.frame === 0) this.frame = requestAnimationFrame(() => this.flush());
  }

  private endOf(stream: Stream): number {
    const queue = this.waiting[stream];
    return queue[queue.length - 1]?.mark.end ?? this.transcript[stream].end ?? 0;
  }

  /**
   * Whether the stream counts from 0 again, as after its service was removed and installed. Run ids are in the order of
   * time, so a later run at a smaller offset is no repetition.
   */
  private isAnew(stream: Stream, run: string, offset: number, length: number): boolean {
    const last = this.runs[stream];
    const isAnew = last.run !== '' && run > last.run && offset < last.end;
    if (isAnew || run >= last.run) this.runs[stream] = { run, end: isAnew ? offset + length : Math.max(last.end, offset + length) };
    return isAnew;
  }

  private flush(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.drain();
    this.changed();
  }

  private drain(): void {
    this.waitingBytes = 0;
    for (const stream of STREAMS) {
      const queue = this.waiting[stream].splice(0);
      for (let from = 0; from < queue.length; ) {
        let to = from + 1;
        while (to < queue.length && queue[to]?.offset === queue[to - 1]?.mark.end) to++;
        this.insert(stream, queue.slice(from, to));
        from = to;
      }
    }
    this.transcript.bound('newest');
  }

  /** Inserts what follows each other as one piece, in a buffer of its own: a message's shares its buffer with others. */
  private insert(stream: Stream, arrivals: readonly Arrival[]): void {
    const piece = { offset: arrivals[0]?.offset ?? 0, bytes: concat(arrivals.map((each) => each.bytes)), marks: arrivals.map((each) => each.mark) };
    const lines = this.transcript[stream];
    const end = piece.offset + piece.bytes.length;
    // What is sent again from before the first line may have been dropped or cleared on purpose.
    const from = Math.max(piece.offset, lines.first ?? 0);
    if (from < end) lines.insert(slice(piece, from, end));
  }
}
