import { mqtt_pkt_ctx } from 'u8-mqtt-packet/esm/codec_bind.js';
import { mqtt_opts_v5 } from 'u8-mqtt-packet/esm/codec_v5_client.js';

/** The packets of MQTT 5 that a client of QoS 0 and 1 sends and receives. Encoding is the library's, framing is ours. */

export interface Properties {
  readonly [name: string]: unknown;
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

interface RawPacket {
  readonly type: string;
  readonly topic?: string;
  readonly payload?: Uint8Array;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly pkt_id?: number;
  readonly reason?: { valueOf(): number };
  readonly answers?: readonly { valueOf(): number }[];
  readonly props?: Properties | null;
}

/** A sender that breaks the protocol; the connection is of no use any more. */
export class BadPacketError extends Error {}

const codec = mqtt_pkt_ctx(5, mqtt_opts_v5, {});

const EMPTY = new Uint8Array(0);

/** The remaining length takes four bytes at most (MQTT 5, 1.5.5). */
const MAX_LENGTH_BYTES = 4;

export const encode = (type: string, packet: object): Uint8Array<ArrayBuffer> => codec.encode_pkt(type, packet);

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
      const packet = decode(data[0] ?? 0, data.subarray(head.start, head.end));
      if (packet !== undefined) packets.push(packet);
      data = data.subarray(head.end);
    }
    // A copy: the caller may use its buffer again.
    this.rest = data.length === 0 ? EMPTY : data.slice();
    return packets;
  }
}

function header(data: Uint8Array): { start: number; end: number } | undefined {
  let length = 0;
  for (let i = 1; i <= MAX_LENGTH_BYTES; i++) {
    const byte = data[i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return { start: i + 1, end: i + 1 + length };
  }
  throw new BadPacketError('a packet has a length of more than four bytes');
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function decode(firstByte: number, body: Uint8Array): Packet | undefined {
  const raw = codec.decode_pkt(firstByte, body) as RawPacket | undefined;
  if (raw === undefined) return undefined;
  const properties = raw.props ?? {};
  // A success may be left out at the end of a packet.
  const code = raw.reason === undefined ? 0 : raw.reason.valueOf();
  switch (raw.type) {
    case 'connack':
      return { type: 'connack', code, properties };
    case 'publish':
      return {
        type: 'publish',
        topic: raw.topic ?? '',
        payload: raw.payload ?? EMPTY,
        qos: raw.qos ?? 0,
        retain: raw.retain ?? false,
        id: raw.pkt_id ?? 0,
        properties,
      };
    case 'puback':
      return { type: 'ack', id: raw.pkt_id ?? 0, codes: [code], properties };
    case 'suback':
    case 'unsuback':
      return { type: 'ack', id: raw.pkt_id ?? 0, codes: (raw.answers ?? []).map((answer) => answer.valueOf()), properties };
    case 'pingresp':
      return { type: 'pong' };
    case 'disconnect':
      return { type: 'disconnect', code, properties };
    default:
      return undefined;
  }
}
