import type { Link, Message } from './link';
import { parseObject, type Json } from '../fleet/json';

/** A device's answer to a command; `fields` has all of it. */
export interface Reply {
  readonly isOk: boolean;
  /** Of a failure: the code of the protocol's table. */
  readonly code: string;
  readonly message: string;
  readonly fields: Json;
}

/** No answer came in time; whether the command took effect is unknown. */
export class NoReplyError extends Error {}

/** What a command to a device answers with if it is not told otherwise. */
const DEFAULT_LIMIT_MS = 30_000;

/** An answer to a command that waits for a process may take minutes; this is for a page that somebody watches. */
export const LONG_LIMIT_MS = 15 * 60_000;

/** Sends commands and waits for their replies, over topics that every operator's account may use (agent/docs/broker.md). */
export class Requests {
  private readonly waiting = new Map<string, (reply: Reply) => void>();
  private readonly listening = new Set<string>();

  constructor(
    private readonly link: Link,
    private readonly prefix: string,
  ) {}

  /** @throws NoReplyError, or the broker's reason for not taking the command */
  async device(device: string, command: string, args: Json = {}, limitMs = DEFAULT_LIMIT_MS): Promise<Reply> {
    return this.send(device, `${this.prefix}/${device}/cmd/${command}`, args, limitMs);
  }

  /** @throws NoReplyError, or the broker's reason for not taking the command */
  async service(device: string, service: string, command: string, args: Json = {}, limitMs = DEFAULT_LIMIT_MS): Promise<Reply> {
    return this.send(device, `${this.prefix}/${device}/svc/${service}/cmd/${command}`, args, limitMs);
  }

  private async send(device: string, topic: string, args: Json, limitMs: number): Promise<Reply> {
    const replyTopic = `${this.prefix}/${device}/reply/${this.link.name}`;
    const id = crypto.getRandomValues(new Uint32Array(2)).join('-');
    const answered = new Promise<Reply>((resolve) => this.waiting.set(id, resolve));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new NoReplyError(`no answer within ${limitMs / 1000} s`)), limitMs);
    });
    limit.catch(() => undefined); // it may be over before anybody waits for it: a slow broker takes the command late
    try {
      const payload = Object.keys(args).length === 0 ? '' : JSON.stringify(args);
      // A command that waits at the broker for a device must not surprise anybody tomorrow.
      const options = { responseTopic: replyTopic, correlationData: id, expiry: Math.ceil(limitMs / 1000) };
      const taken = this.listen(replyTopic).then(() => this.link.publish(topic, payload, options));
      // A broker that is stuck does not even take it.
      await Promise.race([taken, limit]);
      return await Promise.race([answered, limit]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  private async listen(topic: string): Promise<void> {
    if (this.listening.has(topic)) return;
    const subscription = this.link.subscribe(topic, (message) => this.take(message), { retained: 'none' });
    try {
      await subscription.accepted;
      this.listening.add(topic);
    } catch (error) {
      subscription.close();
      throw error;
    }
  }

  private take(message: Message): void {
    const id = new TextDecoder().decode(message.properties.correlationData);
    const resolve = this.waiting.get(id);
    if (resolve === undefined) return;
    const fields = parseObject(message.payload);
    if (fields !== undefined) resolve(asReply(fields));
  }
}

function asReply(fields: Json): Reply {
  const error = fields['error'];
  const problem = typeof error === 'object' && error !== null ? (error as Json) : {};
  return {
    isOk: fields['ok'] === true,
    code: String(problem['code'] ?? ''),
    message: String(problem['message'] ?? ''),
    fields,
  };
}
