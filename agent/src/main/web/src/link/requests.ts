import { flag, object, parseObject, text, type Json } from '../fleet/json';
import type { Topics } from '../fleet/topics';
import type { Link, Message } from './link';

/** What a device says instead of doing what a command asks for. */
export class Refusal extends Error {
  /** @param code of the protocol's table */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

/** What a command to a device answers with if it is not told otherwise. */
const DEFAULT_LIMIT_MS = 30_000;

/** An answer to a command that waits for a process may take minutes; this is for a page that somebody watches. */
export const LONG_LIMIT_MS = 15 * 60_000;

/** Sends commands and waits for their replies, over topics that every operator's account may use (agent/docs/broker.md). */
export class Requests {
  private readonly waiting = new Map<string, (reply: Json) => void>();
  private readonly listening = new Set<string>();

  constructor(
    private readonly link: Link,
    private readonly topics: Topics,
  ) {}

  /**
   * Sends a command to a device, or to one of its services.
   *
   * @returns the reply; rejected if none comes in time, with a Refusal, or with the broker's reason for not taking the command
   */
  async send(device: string, service: string | undefined, command: string, args: Json = {}, limitMs = DEFAULT_LIMIT_MS): Promise<Json> {
    const topic = this.topics.of(device, ...(service === undefined ? [] : ['svc', service]), 'cmd', command);
    const responseTopic = this.topics.of(device, 'reply', this.link.name);
    const correlationData = crypto.getRandomValues(new Uint32Array(2)).join('-');
    const payload = Object.keys(args).length === 0 ? '' : JSON.stringify(args);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const reply = await new Promise<Json>((resolve, reject) => {
        this.waiting.set(correlationData, resolve);
        // Also for a broker that is stuck and does not even take the command.
        timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
        // A command that waits at the broker for a device must not surprise anybody tomorrow.
        const expiry = Math.ceil(limitMs / 1000);
        this.listen(responseTopic)
          .then(() => this.link.publish(topic, payload, { responseTopic, correlationData, expiry }))
          .catch(reject);
      });
      const error = object(reply, 'error');
      if (!flag(reply, 'ok')) throw new Refusal(text(error, 'code'), text(error, 'message'));
      return reply;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(correlationData);
    }
  }

  private async listen(topic: string): Promise<void> {
    if (this.listening.has(topic)) return;
    const subscription = this.link.subscribe(topic, this.take, { retained: 'none' });
    try {
      await subscription.accepted;
      this.listening.add(topic);
    } catch (error) {
      subscription.close();
      throw error;
    }
  }

  private readonly take = ({ payload, properties }: Message): void => {
    const resolve = this.waiting.get(new TextDecoder().decode(properties.correlationData));
    const fields = parseObject(payload);
    if (fields !== undefined) resolve?.(fields);
  };
}
