import * as packets from './packets';
import { PacketReader, type Filter, type Packet, type Properties, type Publication } from './packets';
import { FIRST_ERROR, isRefusal, reasonText } from './reasons';

/** How to reach a broker. */
export interface Address {
  /** As in `ws://127.0.0.1:9001/mqtt`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Why a connection ended. */
export interface Loss {
  readonly reason: string;
  /** Whether trying again with the same address and credentials is of no use. */
  readonly isRefusal: boolean;
}

export interface ConnectionListener {
  online(): void;
  received(packet: Extract<Packet, { type: 'publish' }>): void;
  /** Called once, also for a connection that never came up. */
  lost(loss: Loss): void;
}

interface Answer {
  resolve(codes: readonly number[], properties: Properties): void;
  reject(error: Error): void;
}

/** Time for the broker to accept a connection. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * Long, since browsers run the timers of a hidden tab once a minute. The page asks sooner when it is shown again
 * (`Connection.probe`).
 */
const KEEP_ALIVE_S = 180;
const PING_MS = 50_000;
const PONG_LIMIT_MS = 15_000;

/** An agent's largest message has 256 KiB; what is much larger is not Efka's, and the broker need not send it. */
const MAX_PACKET = 4 << 20;

/** Messages on their way at once, beyond which the broker waits; Mosquitto sends 20 anyway. */
const RECEIVE_MAXIMUM = 1_000;

/** One MQTT 5 connection over one WebSocket, from the handshake to the loss. */
export class Connection {
  private readonly socket: WebSocket;
  private readonly reader = new PacketReader();
  private readonly answers = new Map<number, Answer>();
  private nextId = 1;
  private isOnline = false;
  private isOver = false;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private pongLimit: ReturnType<typeof setTimeout> | undefined;

  /** @throws SyntaxError if the address is none of a WebSocket; SecurityError for `ws:` from a secure page */
  constructor(
    private readonly address: Address,
    private readonly clientId: string,
    private readonly listener: ConnectionListener,
  ) {
    this.socket = new WebSocket(address.url, ['mqtt']);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.connect();
    this.socket.onmessage = (event) => this.take(event.data);
    this.socket.onclose = (event) => this.end(this.isOnline ? closeText(event) : unreachable(address.url), false);
    this.after(CONNECT_LIMIT_MS, () => {
      if (!this.isOnline) this.end(`${address.url} did not answer within ${CONNECT_LIMIT_MS / 1000} s`, false);
    });
  }

  private connect(): void {
    const { username, password } = this.address;
    const { clientId } = this;
    this.send(packets.connect({ clientId, username, password, keepAlive: KEEP_ALIVE_S, receiveMaximum: RECEIVE_MAXIMUM, maximumPacketSize: MAX_PACKET }));
  }

  /** @returns the reason codes, when the broker has answered */
  subscribe(filters: readonly Filter[]): Promise<readonly number[]> {
    return this.ask((id) => packets.subscribe(id, filters));
  }

  unsubscribe(filters: readonly string[]): Promise<readonly number[]> {
    return this.ask((id) => packets.unsubscribe(id, filters));
  }

  /** @returns when the broker has the message; rejected with the reason if it does not take it */
  async publish(topic: string, payload: string, options: Publication): Promise<void> {
    let code = 0;
    let text = '';
    await this.ask((id) => packets.publish(id, topic, payload, options), (codes, properties) => {
      code = codes[0] ?? 0;
      text = reasonText(code, properties);
    });
    if (code >= FIRST_ERROR) throw new Error(`the broker did not take the message: ${text}`);
    if (code === 0x10) throw new Error(`${text}: the device has no session at the broker`);
  }

  /** Finds out soon whether the broker is still there. */
  probe(): void {
    if (!this.isOnline || this.pongLimit !== undefined) return;
    this.pongLimit = this.after(PONG_LIMIT_MS, () => this.end(`no answer within ${PONG_LIMIT_MS / 1000} s`, false));
    this.send(packets.PING);
  }

  /** Says goodbye; the listener hears nothing more. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.isOnline) this.send(packets.DISCONNECT);
    this.tidy('the connection was closed');
  }

  private send(packet: Uint8Array<ArrayBuffer>): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(packet);
  }

  private ask(packet: (id: number) => Uint8Array<ArrayBuffer>, hear?: Answer['resolve']): Promise<readonly number[]> {
    if (!this.isOnline || this.isOver) return Promise.reject(new Error('there is no connection to the broker'));
    return new Promise((resolve, reject) => {
      const id = this.freeId();
      this.answers.set(id, {
        resolve: (codes, properties) => {
          hear?.(codes, properties);
          resolve(codes);
        },
        reject,
      });
      this.send(packet(id));
    });
  }

  /** Packet ids go from 1 to 65,535. */
  private freeId(): number {
    do {
      this.nextId = (this.nextId % 65_535) + 1;
    } while (this.answers.has(this.nextId));
    return this.nextId;
  }

  private take(data: unknown): void {
    if (this.isOver || !(data instanceof ArrayBuffer)) return;
    try {
      for (const packet of this.reader.push(new Uint8Array(data))) this.handle(packet);
    } catch (error) {
      this.end(`the broker sent what is not MQTT 5: ${String(error)}`, false);
    }
  }

  private handle(packet: Packet): void {
    switch (packet.type) {
      case 'connack':
        this.accepted(packet.code, packet.properties);
        break;
      case 'publish':
        this.listener.received(packet);
        if (packet.qos > 0) this.send(packets.puback(packet.id));
        break;
      case 'ack': {
        const answer = this.answers.get(packet.id);
        this.answers.delete(packet.id);
        answer?.resolve(packet.codes, packet.properties);
        break;
      }
      case 'pong':
        this.clear(this.pongLimit);
        this.pongLimit = undefined;
        break;
      case 'disconnect':
        this.end(`the broker ended the connection: ${reasonText(packet.code, packet.properties)}`, isRefusal(packet.code));
        break;
    }
  }

  private accepted(code: number, properties: Properties): void {
    if (code !== 0) {
      this.end(`the broker refuses the connection: ${reasonText(code, properties)}`, isRefusal(code));
      return;
    }
    this.isOnline = true;
    this.pingLater();
    this.listener.online();
  }

  private pingLater(): void {
    this.after(PING_MS, () => {
      this.probe();
      this.pingLater();
    });
  }

  private end(reason: string, isRefusal: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    this.tidy(reason);
    this.listener.lost({ reason, isRefusal });
  }

  private tidy(reason: string): void {
    this.isOnline = false;
    this.timers.forEach(clearTimeout);
    this.timers.clear();
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.answers.forEach((answer) => answer.reject(new Error(reason)));
    this.answers.clear();
  }

  private after(ms: number, task: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      task();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  private clear(timer: ReturnType<typeof setTimeout> | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }
}

/** Browsers do not tell pages why a connection did not come up. */
function unreachable(url: string): string {
  return `no MQTT over WebSocket at ${url}`;
}

function closeText(event: CloseEvent): string {
  return `the connection was lost (${event.reason === '' ? `code ${event.code}` : event.reason.slice(0, 200)})`;
}
