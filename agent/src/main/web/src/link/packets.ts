/**
 * The packets of MQTT 5 (its sections 2 and 3) that a client of QoS 0 and 1 sends and receives. No library: of those that
 * are small enough for this page, u8-mqtt-packet 0.4.1 holds back small packets behind a large one, and writes user
 * properties and the options of subscriptions wrongly.
 */

export interface Properties {
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  readonly reason?: string;
  readonly user?: Readonly<Record<string, string>>;
}

export type Packet =
  | { readonly type: 'connack'; readonly code: number; readonly properties: Properties }
  | {
      readonly type: 'publish';
      readonly topic: string;
      readonly payload: Uint8Array;
      readonly qos: number;
      readonly retain: boolean;
      readonly id: number;
      readonly properties: Properties;
    }
  | { readonly type: 'ack'; readonly id: number; readonly codes: readonly number[]; readonly properties: Properties }
  | { readonly type: 'pong' }
  | { readonly type: 'disconnect'; readonly code: number; readonly properties: Properties };

/** A sender that breaks the protocol; the connection is of no use any more. */
export class BadPacketError extends Error {}

const EMPTY = new Uint8Array(0);

/** The remaining length, and other variable numbers, take four bytes at most (MQTT 5, 1.5.5). */
const MAX_VARIABLE_BYTES = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Bytes = readonly number[];

const two = (value: number): Bytes => [(value >> 8) & 0xff, value & 0xff];

const four = (value: number): Bytes => [...two(value >>> 16), ...two(value)];

const variable = (value: number): Bytes => (value < 128 ? [value] : [(value % 128) | 0x80, ...variable(Math.floor(value / 128))]);

const measured = (body: Bytes): Bytes => [...variable(body.length), ...body];

const packet = (firstByte: number, body: Bytes): Uint8Array<ArrayBuffer> => Uint8Array.from([firstByte, ...measured(body)]);

function text(value: string): Bytes {
  const bytes = encoder.encode(value);
  return [...two(bytes.length), ...bytes];
}

/** What may be left out, after the number that says what it is. */
const optional = <T,>(value: T | undefined, write: (value: T) => Bytes, ...before: Bytes): Bytes => (value === undefined ? [] : [...before, ...write(value)]);

export interface Connect {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** In seconds. */
  readonly keepAlive: number;
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
}

/** A session that begins anew and ends with the connection. */
export function connect(options: Connect): Uint8Array<ArrayBuffer> {
  const { clientId, username, password, keepAlive, receiveMaximum, maximumPacketSize } = options;
  return packet(0x10, [
    ...text('MQTT'),
    5,
    0x02 | (username === '' ? 0 : 0x80) | (password === '' ? 0 : 0x40),
    ...two(keepAlive),
    ...measured([0x21, ...two(receiveMaximum), 0x27, ...four(maximumPacketSize)]),
    ...text(clientId),
    ...optional(username || undefined, text),
    ...optional(password || undefined, text),
  ]);
}

export interface Publication {
  readonly retain?: boolean;
  readonly responseTopic?: string;
  readonly correlationData?: string;
  /** In seconds. */
  readonly expiry?: number;
}

/** At QoS 1, with JSON. */
export function publish(id: number, topic: string, payload: string, { retain, responseTopic, correlationData, expiry }: Publication): Uint8Array<ArrayBuffer> {
  const properties = measured([
    0x03,
    ...text('application/json'),
    ...optional(expiry, four, 0x02),
    ...optional(responseTopic, text, 0x08),
    ...optional(correlationData, text, 0x09),
  ]);
  return packet(retain === true ? 0x33 : 0x32, [...text(topic), ...two(id), ...properties, ...encoder.encode(payload)]);
}

export interface Filter {
  readonly filter: string;
  readonly qos: number;
  /** 0: retained messages are sent; 2: they are not. */
  readonly retainHandling: number;
}

export const subscribe = (id: number, filters: readonly Filter[]): Uint8Array<ArrayBuffer> =>
  packet(0x82, [...two(id), 0, ...filters.flatMap(({ filter, qos, retainHandling }) => [...text(filter), qos | (retainHandling << 4)])]);

export const unsubscribe = (id: number, filters: readonly string[]): Uint8Array<ArrayBuffer> => packet(0xa2, [...two(id), 0, ...filters.flatMap(text)]);

export const puback = (id: number): Uint8Array<ArrayBuffer> => packet(0x40, two(id));

export const PING = Uint8Array.of(0xc0, 0);

export const DISCONNECT = Uint8Array.of(0xe0, 0);

/** Takes bytes as they come, in pieces of any size, and returns whole packets. */
export class PacketReader {
  private rest: Uint8Array = EMPTY;

  /** @throws BadPacketError */
  push(bytes: Uint8Array): Packet[] {
    let data = this.rest.length === 0 ? bytes : joined(this.rest, bytes);
    const packets: Packet[] = [];
    for (;;) {
      const head = header(data);
      if (head === undefined || data.length < head.end) break;
      const packet = decode(data[0] ?? 0, new Reader(data.subarray(head.start, head.end)));
      if (packet !== undefined) packets.push(packet);
      data = data.subarray(head.end);
    }
    // A copy: the caller may use its buffer again.
    this.rest = data.length === 0 ? EMPTY : data.slice();
    return packets;
  }
}

/** Where the body of the first packet begins and ends; undefined as long as its length has not come. */
function header(data: Uint8Array): { start: number; end: number } | undefined {
  const last = data.subarray(1, 1 + MAX_VARIABLE_BYTES).findIndex((byte) => byte < 0x80);
  if (last < 0 && data.length <= MAX_VARIABLE_BYTES) return undefined;
  const start = last + 2;
  return { start, end: start + new Reader(data.subarray(1)).variable() };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** Takes a body apart. */
class Reader {
  private at = 0;

  constructor(private readonly body: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.body.length;
  }

  byte(): number {
    const byte = this.body[this.at++];
    if (byte === undefined) throw new BadPacketError('a packet is too short');
    return byte;
  }

  two(): number {
    return this.byte() * 256 + this.byte();
  }

  variable(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARIABLE_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 128 ** i;
      if (byte < 0x80) return value;
    }
    throw new BadPacketError('a number of more than four bytes');
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.body.length) throw new BadPacketError('a packet is too short');
    return this.body.subarray(this.at, (this.at += length));
  }

  text(): string {
    return decoder.decode(this.take(this.two()));
  }

  rest(): Uint8Array {
    return this.take(this.body.length - this.at);
  }

  properties(): Properties {
    const inner = new Reader(this.take(this.variable()));
    // Without a prototype, so that `__proto__` is a key like any other.
    const user = Object.create(null) as Record<string, string>;
    const found: { -readonly [key in keyof Properties]: Properties[key] } = { user };
    while (!inner.isAtEnd) {
      const id = inner.byte();
      if (id === 0x08) found.responseTopic = inner.text();
      else if (id === 0x09) found.correlationData = inner.take(inner.two());
      else if (id === 0x1f) found.reason = inner.text();
      else if (id === 0x26) {
        const key = inner.text();
        user[key] = inner.text();
      } else inner.skip(id);
    }
    return found;
  }

  /** Over a property that nobody here needs; the number says what type it has (MQTT 5, 2.2.2.2). */
  skip(id: number): void {
    if ([0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a].includes(id)) this.take(1);
    else if ([0x13, 0x21, 0x22, 0x23].includes(id)) this.take(2);
    else if ([0x02, 0x11, 0x18, 0x27].includes(id)) this.take(4);
    else if (id === 0x0b) this.variable();
    else if ([0x03, 0x12, 0x15, 0x16, 0x1a, 0x1c].includes(id)) this.take(this.two());
    else throw new BadPacketError(`there is no property ${id}`);
  }
}

/** Undefined for packets that a client is not sent, or that say nothing. */
function decode(firstByte: number, body: Reader): Packet | undefined {
  switch (firstByte >> 4) {
    case 2: {
      body.byte(); // session present
      return { type: 'connack', code: body.byte(), properties: body.properties() };
    }
    case 3: {
      const qos = (firstByte >> 1) & 3;
      const topic = body.text();
      const id = qos === 0 ? 0 : body.two();
      const properties = body.properties();
      return { type: 'publish', topic, payload: body.rest(), qos, retain: (firstByte & 1) === 1, id, properties };
    }
    case 4: {
      const id = body.two();
      // What is left out at the end of a packet is a success without properties.
      const code = body.isAtEnd ? 0 : body.byte();
      return { type: 'ack', id, codes: [code], properties: body.isAtEnd ? {} : body.properties() };
    }
    case 9:
    case 11: {
      const id = body.two();
      const properties = body.properties();
      return { type: 'ack', id, codes: [...body.rest()], properties };
    }
    case 13:
      return { type: 'pong' };
    case 14: {
      const code = body.isAtEnd ? 0 : body.byte();
      return { type: 'disconnect', code, properties: body.isAtEnd ? {} : body.properties() };
    }
    default:
      return undefined;
  }
}
