import { problemText } from '../ui/format';
import { Connection, type Address, type Loss } from './connection';
import { matcher } from './filters';
import type { Properties, Publication } from './packets';
import { FIRST_ERROR, reasonText } from './reasons';

/** A message as listeners get it. */
export interface Message {
  readonly topic: string;
  readonly levels: readonly string[];
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
  readonly properties: Properties;
}

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  /** Tries again at `retryAt`, in milliseconds since 1970. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly retryAt: number }
  /** Trying again is of no use before somebody changes something. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'closed' };

export type Listener = (message: Message) => void;

/** What is listened to until it is closed, over all connections. */
export interface Subscription {
  /** When the broker has accepted it for the first time; rejected with the reason if it does not. */
  readonly accepted: Promise<void>;
  close(): void;
}

/** Whether retained messages are sent at the subscription (MQTT 5, 3.8.3.1). */
export type Retained = 'all' | 'none';

interface Entry {
  readonly matches: (levels: readonly string[]) => boolean;
  readonly listeners: Map<symbol, Listener>;
  readonly qos: number;
  retained: Retained;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

/**
 * The broker as the page sees it: connects again by itself and subscribes anew to what is listened to. Listeners may hear
 * the same message twice: after a new connection, and where two filters match it.
 */
export class Link {
  private connection: Connection | undefined;
  private readonly entries = new Map<string, Entry>();
  private readonly stateListeners = new Set<(state: LinkState) => void>();
  private current: LinkState = { kind: 'connecting' };
  private retries = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  /** Random; also names the topic for replies. */
  readonly name = 'page-' + crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36);

  /** Connects in the background. */
  constructor(readonly address: Address) {
    addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.retryNow);
    this.connect();
  }

  get state(): LinkState {
    return this.current;
  }

  /** Tells the state at every change. Returns how to stop that. */
  onState(listener: (state: LinkState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /**
   * Listens to a filter, now and after every new connection.
   *
   * @param qos 1, or 0 for what may be lost
   */
  subscribe(filter: string, listener: Listener, { retained = 'all' as Retained, qos = 1 } = {}): Subscription {
    const key = Symbol(filter);
    const known = this.entries.get(filter);
    const entry: Entry = known ?? { matches: matcher(filter), listeners: new Map(), qos, retained };
    entry.listeners.set(key, listener);
    if (retained === 'all') entry.retained = 'all';
    this.entries.set(filter, entry);
    // Also if it is known: only a SUBSCRIBE brings what is retained.
    const isNeeded = known === undefined || retained === 'all';
    const accepted = isNeeded ? this.request([[filter, entry]]) : Promise.resolve();
    accepted.catch(() => undefined); // whoever is interested waits for it
    return {
      accepted,
      close: () => {
        if (!entry.listeners.delete(key) || entry.listeners.size > 0) return;
        this.entries.delete(filter);
        this.connection?.unsubscribe([filter]).catch(() => undefined);
      },
    };
  }

  /** Subscribes to many filters in one packet; all end together. */
  subscribeAll(filters: readonly string[], listener: Listener): Subscription {
    const added: [string, Entry][] = [];
    const key = Symbol('many');
    for (const filter of filters) {
      const entry = this.entries.get(filter) ?? { matches: matcher(filter), listeners: new Map(), qos: 1, retained: 'all' as Retained };
      entry.listeners.set(key, listener);
      this.entries.set(filter, entry);
      added.push([filter, entry]);
    }
    const accepted = this.request(added);
    accepted.catch(() => undefined);
    return {
      accepted,
      close: () => {
        const over = added.filter(([, entry]) => entry.listeners.delete(key) && entry.listeners.size === 0).map(([filter]) => filter);
        over.forEach((filter) => this.entries.delete(filter));
        if (over.length > 0) this.connection?.unsubscribe(over).catch(() => undefined);
      },
    };
  }

  /** @returns when the broker has it; rejected without a connection, or with the broker's reason */
  publish(topic: string, payload: string, options: Publication = {}): Promise<void> {
    if (this.connection === undefined) return Promise.reject(new Error('there is no connection to the broker'));
    return this.connection.publish(topic, payload, options);
  }

  /** Tries at once, if it is waiting; asks whether the broker is there, if it is connected. */
  readonly retryNow = (): void => {
    if (document.visibilityState === 'hidden') return;
    if (this.current.kind === 'waiting') this.connect();
    else this.connection?.probe();
  };

  /** Ends for good. */
  close(): void {
    removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryNow);
    clearTimeout(this.retryTimer);
    this.connection?.close();
    this.connection = undefined;
    this.set({ kind: 'closed' });
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    this.set({ kind: 'connecting' });
    try {
      this.connection = new Connection(this.address, 'efka-' + this.name, {
        online: () => this.online(),
        received: (packet) => this.dispatch({ ...packet, levels: packet.topic.split('/'), isRetained: packet.retain }),
        lost: (loss) => this.lost(loss),
      });
    } catch (error) {
      // A browser's own message says what is wrong with the address.
      this.lost({ reason: problemText(error), isRefusal: true });
    }
  }

  private online(): void {
    this.retries = 0;
    const before = [...this.entries];
    this.set({ kind: 'online' });
    // Listeners to the state may have closed some of them, and asked for others.
    this.request(before.filter(([filter, entry]) => this.entries.get(filter) === entry)).catch(() => undefined);
  }

  private async request(added: readonly [string, Entry][]): Promise<void> {
    if (added.length === 0 || this.current.kind !== 'online' || this.connection === undefined) return;
    const codes = await this.connection.subscribe(
      added.map(([filter, entry]) => ({ filter, qos: entry.qos, retainHandling: entry.retained === 'all' ? 0 : 2 })),
    );
    const refused = codes.find((code) => code >= FIRST_ERROR);
    if (refused !== undefined) throw new Error(`the broker refuses the subscription to ${added[0]?.[0]}: ${reasonText(refused)}`);
  }

  private dispatch(message: Message): void {
    for (const entry of this.entries.values()) {
      if (!entry.matches(message.levels)) continue;
      for (const listener of [...entry.listeners.values()]) {
        try {
          listener(message);
        } catch (error) {
          // One view's fault must not make the others deaf.
          console.error('a message could not be handled', message.topic.slice(0, 200), error);
        }
      }
    }
  }

  private lost(loss: Loss): void {
    this.connection = undefined;
    if (loss.isRefusal) {
      this.set({ kind: 'refused', reason: loss.reason });
      return;
    }
    const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries++) * (0.75 + Math.random() / 2);
    this.set({ kind: 'waiting', reason: loss.reason, retryAt: Date.now() + delay });
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private set(state: LinkState): void {
    this.current = state;
    for (const listener of [...this.stateListeners]) listener(state);
  }
}
