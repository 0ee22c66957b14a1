import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadPacketError, encode, PacketReader } from '../src/link/packets';

const publish = (topic: string, payload: string): Uint8Array => encode('publish', { topic, payload, qos: 1, pkt_id: 7, props: {} });

test('packets are the same, in whatever pieces they come', () => {
  const bytes = Uint8Array.from([...publish('a/b', 'one'), ...publish('a/c', 'x'.repeat(300)), ...publish('a/d', '')]);
  for (const size of [1, 2, 3, 7, 100, bytes.length]) {
    const reader = new PacketReader();
    const packets = [];
    for (let from = 0; from < bytes.length; from += size) packets.push(...reader.push(bytes.subarray(from, from + size)));
    assert.deepEqual(
      packets.map((packet) => packet.type === 'publish' && [packet.topic, packet.payload.length, packet.id]),
      [['a/b', 3, 7], ['a/c', 300, 7], ['a/d', 0, 7]],
    );
  }
});

test('a small packet behind a large one is not held back', () => {
  const reader = new PacketReader();
  const large = publish('large', 'x'.repeat(10_000));
  assert.equal(reader.push(large.subarray(0, 5_000)).length, 0);
  assert.equal(reader.push(large.subarray(5_000)).length, 1);
  assert.equal(reader.push(publish('small', 'y')).length, 1);
});

test('the caller may use its buffer again', () => {
  const reader = new PacketReader();
  const bytes = publish('topic', 'payload');
  const buffer = bytes.slice(0, 6);
  reader.push(buffer);
  buffer.fill(0);
  const [packet] = reader.push(bytes.subarray(6));
  assert.equal(packet?.type === 'publish' && packet.topic, 'topic');
});

test('a length of five bytes is no MQTT', () => {
  assert.throws(() => new PacketReader().push(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01)), BadPacketError);
});

test('properties of a message arrive', () => {
  const text = (value: string): number[] => [0, value.length, ...Buffer.from(value)];
  const properties = [0x26, ...text('offset'), ...text('12'), 0x26, ...text('run'), ...text('r'), 0x09, ...text('id')];
  const body = [...text('t'), properties.length, ...properties, ...Buffer.from('payload')];
  const [packet] = new PacketReader().push(Uint8Array.of(0x30, body.length, ...body));
  assert.ok(packet?.type === 'publish');
  assert.deepEqual({ ...(packet.properties['user_properties'] as object) }, { offset: '12', run: 'r' });
  assert.equal(new TextDecoder().decode(packet.properties['correlation_data'] as Uint8Array), 'id');
  assert.equal(new TextDecoder().decode(packet.payload), 'payload');
});

test('options of a subscription are where MQTT has them', () => {
  const packet = encode('subscribe', { pkt_id: 1, props: {}, topics: [['t', 1 | (2 << 4)]] });
  assert.equal(packet.at(-1), 0b0010_0001);
});
