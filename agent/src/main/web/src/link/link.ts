import { problemText } from '../common/format';
import { Connection, type Address } from './connection';
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

export interface LinkState {
  /** `waiting`: it tries again by itself; `refused`: that is of no use before somebody changes something. */
  readonly kind: 'connecting' | 'online' | 'waiting' | 'refused';
  /** Why there is no connection. */
  readonly reason?: string;
}

export type Listener = (message: Message) => void;

/** What is listened to until it is closed, over all connections. */
export interface Subscription {
  /** When the broker has accepted it for the first time; rejected with the reason if it does not. */
  readonly accepted: Promise<void>;
  close(): void;
}

/** Whether retained messages are sent at the subscription (MQTT 5, 3.8.3.1). */
export type Retained = 'all' | 'none';

/** What somebody who subscribes wants. */
interface Wish {
  readonly retained?: Retained;
  /** 0 for what may be lost. */
  readonly qos?: 0 | 1;
}

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

  /** Listens to a filter, now and after every new connection. */
  subscribe(filter: string, listener: Listener, wish?: Wish): Subscription {
    return this.subscribeAll([filter], listener, wish);
  }

  /** Listens to many filters, which are asked for in one packet and end together. */
  subscribeAll(filters: readonly string[], listener: Listener, { retained = 'all', qos = 1 }: Wish = {}): Subscription {
    const key = Symbol();
    const added = filters.map((filter): [string, Entry] => {
      const entry: Entry = this.entries.get(filter) ?? { matches: matcher(filter), listeners: new Map(), qos, retained };
      entry.listeners.set(key, listener);
      if (retained === 'all') entry.retained = 'all';
      this.entries.set(filter, entry);
      return [filter, entry];
    });
    // Also what is known already: only a SUBSCRIBE brings what is retained.
    const accepted = this.request(added, retained);
    accepted.catch(() => undefined); // whoever is interested waits for it
    return {
      accepted,
      close: () => {
        const over = added.filter(([, { listeners }]) => listeners.delete(key) && listeners.size === 0).map(([filter]) => filter);
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
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    this.set({ kind: 'connecting' });
    try {
      this.connection = new Connection(this.address, 'efka-' + this.name, {
        online: () => this.online(),
        received: (packet) => this.dispatch({ ...packet, levels: packet.topic.split('/'), isRetained: packet.retain }),
        lost: (reason, isRefusal) => this.lost(reason, isRefusal),
      });
    } catch (error) {
      // A browser's own message says what is wrong with the address.
      this.lost(problemText(error), true);
    }
  }

  private online(): void {
    this.retries = 0;
    const before = [...this.entries];
    this.set({ kind: 'online' });
    // Listeners to the state may have closed some of them, and asked for others.
    this.request(before.filter(([filter, entry]) => this.entries.get(filter) === entry)).catch(() => undefined);
  }

  private async request(added: readonly [string, Entry][], retained?: Retained): Promise<void> {
    if (added.length === 0 || this.current.kind !== 'online' || this.connection === undefined) return;
    const codes = await this.connection.subscribe(
      added.map(([filter, entry]) => ({ filter, qos: entry.qos, retainHandling: (retained ?? entry.retained) === 'all' ? 0 : 2 })),
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

  private lost(reason: string, isRefusal: boolean): void {
    this.connection = undefined;
    this.set({ kind: isRefusal ? 'refused' : 'waiting', reason });
    if (isRefusal) return;
    const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries++) * (0.75 + Math.random() / 2);
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private set(state: LinkState): void {
    this.current = state;
    for (const listener of [...this.stateListeners]) listener(state);
  }
}
