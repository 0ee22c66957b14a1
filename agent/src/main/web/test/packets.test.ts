import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadPacketError, connect, PacketReader, publish as encode, subscribe } from '../src/link/packets';

const publish = (topic: string, payload: string): Uint8Array => encode(7, topic, payload, {});

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
  assert.deepEqual({ ...packet.properties.user }, { offset: '12', run: 'r' });
  assert.equal(new TextDecoder().decode(packet.properties.correlationData), 'id');
  assert.equal(new TextDecoder().decode(packet.payload), 'payload');
});

test('options of a subscription are where MQTT has them', () => {
  const packet = subscribe(258, [{ filter: 't', qos: 1, retainHandling: 2 }]);
  assert.deepEqual([...packet], [0x82, 7, 1, 2, 0, 0, 1, 0x74, 0b0010_0001]);
});

test('a connection says what MQTT 5 asks for', () => {
  const options = { clientId: 'c', username: 'u', password: '', keepAlive: 180, receiveMaximum: 1_000, maximumPacketSize: 4 << 20 };
  assert.deepEqual(
    [...connect(options)],
    [0x10, 25, 0, 4, ...Buffer.from('MQTT'), 5, 0x82, 0, 180, 8, 0x21, 3, 0xe8, 0x27, 0, 0x40, 0, 0, 0, 1, 0x63, 0, 1, 0x75],
  );
});

test('what a command has beside its payload comes back as it was', () => {
  const [packet] = new PacketReader().push(encode(7, 't', '{"ü":1}', { retain: true, responseTopic: 'r/ü', correlationData: '1-2', expiry: 0xfffffffe }));
  assert.ok(packet?.type === 'publish');
  assert.deepEqual([packet.topic, packet.qos, packet.retain, packet.id], ['t', 1, true, 7]);
  assert.equal(new TextDecoder().decode(packet.payload), '{"ü":1}');
  assert.equal(packet.properties.responseTopic, 'r/ü');
  assert.equal(new TextDecoder().decode(packet.properties.correlationData), '1-2');
});

test('packets that are cut, or have what MQTT has not, are refused', () => {
  for (const bytes of [[0x30, 2, 0, 9], [0x30, 5, 0, 1, 0x74, 9, 1], [0x30, 6, 0, 1, 0x74, 2, 0x7f, 0], [0x20, 1, 0], [0x40, 1, 0]]) {
    assert.throws(() => new PacketReader().push(Uint8Array.from(bytes)), BadPacketError, String(bytes));
  }
});

test('answers come with all that a broker may leave out', () => {
  const reader = new PacketReader();
  const codes = [...reader.push(Uint8Array.from([0x40, 2, 0, 7, 0x40, 3, 0, 7, 0x87, 0x90, 5, 0, 7, 0, 1, 0x80, 0xd0, 0, 0xe0, 0, 0xe0, 1, 0x8b]))];
  assert.deepEqual(
    codes.map((packet) => (packet.type === 'ack' ? packet.codes : packet.type === 'disconnect' ? packet.code : packet.type)),
    [[0], [0x87], [1, 0x80], 'pong', 0, 0x8b],
  );
});
