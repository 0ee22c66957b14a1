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

export interface ConnectionListener {
  online(): void;
  received(packet: Extract<Packet, { type: 'publish' }>): void;
  /**
   * Called once, also for a connection that never came up.
   *
   * @param isRefusal whether trying again with the same address and credentials is of no use
   */
  lost(reason: string, isRefusal: boolean): void;
}

type Ack = Extract<Packet, { type: 'ack' }>;

interface Waiting {
  resolve(ack: Ack): void;
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
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private isOnline = false;
  private isOver = false;
  private readonly pings: ReturnType<typeof setInterval>;

  /** Runs while the broker owes an answer: to the CONNECT, then to a ping. */
  private limit: ReturnType<typeof setTimeout> | undefined;

  /** @throws SyntaxError if the address is none of a WebSocket; SecurityError for `ws:` from a secure page */
  constructor(
    private readonly address: Address,
    private readonly clientId: string,
    private readonly listener: ConnectionListener,
  ) {
    const { url } = address;
    this.socket = new WebSocket(url, ['mqtt']);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.connect();
    this.socket.onmessage = (event) => this.take(event.data);
    // Browsers do not tell pages why a connection did not come up.
    this.socket.onclose = ({ reason, code }) =>
      this.end(this.isOnline ? `the connection was lost (${reason.slice(0, 200) || `code ${code}`})` : `no MQTT over WebSocket at ${url}`);
    this.pings = setInterval(() => this.probe(), PING_MS);
    this.expect(CONNECT_LIMIT_MS);
  }

  private connect(): void {
    const { username, password } = this.address;
    const { clientId } = this;
    this.socket.send(packets.connect({ clientId, username, password, keepAlive: KEEP_ALIVE_S, receiveMaximum: RECEIVE_MAXIMUM, maximumPacketSize: MAX_PACKET }));
  }

  /** @returns the reason codes, when the broker has answered */
  async subscribe(filters: readonly Filter[]): Promise<readonly number[]> {
    return (await this.ask((id) => packets.subscribe(id, filters))).codes;
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    await this.ask((id) => packets.unsubscribe(id, filters));
  }

  /** @returns when the broker has the message; rejected with the reason if it does not take it */
  async publish(topic: string, payload: string, options: Publication): Promise<void> {
    const { codes, properties } = await this.ask((id) => packets.publish(id, topic, payload, options));
    const code = codes[0] ?? 0;
    if (code >= FIRST_ERROR) throw new Error(`the broker did not take the message: ${reasonText(code, properties)}`);
    if (code === 0x10) throw new Error(`${reasonText(code, properties)}: the device has no session at the broker`);
  }

  /** Finds out soon whether the broker is still there. */
  probe(): void {
    if (!this.isOnline || this.limit !== undefined) return;
    this.expect(PONG_LIMIT_MS);
    this.socket.send(packets.PING);
  }

  /** Says goodbye; the listener hears nothing more. */
  close(): void {
    if (this.isOver) return;
    if (this.isOnline) this.socket.send(packets.DISCONNECT);
    this.tidy('the connection was closed');
  }

  private ask(packet: (id: number) => Uint8Array<ArrayBuffer>): Promise<Ack> {
    if (!this.isOnline) return Promise.reject(new Error('there is no connection to the broker'));
    return new Promise((resolve, reject) => {
      const id = this.freeId();
      this.waiting.set(id, { resolve, reject });
      this.socket.send(packet(id));
    });
  }

  /** Packet ids go from 1 to 65,535. */
  private freeId(): number {
    do {
      this.nextId = (this.nextId % 65_535) + 1;
    } while (this.waiting.has(this.nextId));
    return this.nextId;
  }

  private take(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    try {
      for (const packet of this.reader.push(new Uint8Array(data))) if (!this.isOver) this.handle(packet);
    } catch (error) {
      this.end(`the broker sent what is not MQTT 5: ${String(error)}`);
    }
  }

  private handle(packet: Packet): void {
    switch (packet.type) {
      case 'connack':
        this.answered();
        this.accepted(packet.code, packet.properties);
        break;
      case 'publish':
        this.listener.received(packet);
        if (packet.qos > 0) this.socket.send(packets.puback(packet.id));
        break;
      case 'ack':
        this.waiting.get(packet.id)?.resolve(packet);
        this.waiting.delete(packet.id);
        break;
      case 'pong':
        this.answered();
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
    this.listener.online();
  }

  private expect(limitMs: number): void {
    this.limit = setTimeout(() => this.end(`no answer from ${this.address.url} within ${limitMs / 1000} s`), limitMs);
  }

  private answered(): void {
    clearTimeout(this.limit);
    this.limit = undefined;
  }

  private end(reason: string, isRefusal = false): void {
    if (this.isOver) return;
    this.tidy(reason);
    this.listener.lost(reason, isRefusal);
  }

  private tidy(reason: string): void {
    this.isOver = true;
    this.isOnline = false;
    this.answered();
    clearInterval(this.pings);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.waiting.forEach(({ reject }) => reject(new Error(reason)));
    this.waiting.clear();
  }
}
