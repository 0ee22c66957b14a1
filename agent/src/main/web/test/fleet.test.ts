import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fleet } from '../src/fleet/fleet';
import { readBirth, readService } from '../src/fleet/model';
import { readSelection, selectDevices, selectServices } from '../src/fleet/selection';
import { Topics } from '../src/fleet/topics';
import { matcher } from '../src/link/filters';
import { Quiet } from '../src/link/retained';
import type { Link, LinkState, Listener } from '../src/link/link';

const birth = (services: number, online = true): object => ({ online, groups: ['berlin'], host: 'h', services: { running: services } });
const status = (state = 'running'): object => ({ state, ready: state === 'running', health: 'healthy', release: '1.4' });

/** A broker with retained messages, which delivers no more than so many of them to one SUBSCRIBE. */
class FakeLink {
  readonly retained = new Map<string, string>();
  readonly listeners = new Map<symbol, { filters: readonly string[]; listener: Listener }>();
  state: LinkState = { kind: 'online' };
  private hear: (state: LinkState) => void = () => undefined;

  constructor(private readonly most = Infinity) {}

  onState(listener: (state: LinkState) => void): () => void {
    this.hear = listener;
    return () => undefined;
  }

  reconnect(): void {
    this.hear(this.state);
  }

  subscribe(filter: string, listener: Listener, wish?: object) {
    return this.subscribeAll([filter], listener, wish);
  }

  subscribeAll(filters: readonly string[], listener: Listener, { retained = 'all' } = {}) {
    const key = Symbol();
    this.listeners.set(key, { filters, listener });
    const accepted = Promise.resolve().then(() => {
      if (retained === 'none') return;
      const found = [...this.retained].filter(([topic]) => filters.some((filter) => matcher(filter)(topic.split('/'))));
      for (const [topic, payload] of found.slice(0, this.most)) this.deliver(listener, topic, payload);
    });
    return { accepted, close: () => void this.listeners.delete(key) };
  }

  publish(topic: string, payload: string | object): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    this.retained.set(topic, text);
    this.say(topic, text);
  }

  say(topic: string, text: string): void {
    for (const { filters, listener } of this.listeners.values()) {
      if (filters.some((filter) => matcher(filter)(topic.split('/')))) this.deliver(listener, topic, text);
    }
  }

  private deliver(listener: Listener, topic: string, payload: string): void {
    listener({ topic, levels: topic.split('/'), payload: new TextEncoder().encode(payload), isRetained: true, properties: {} });
  }
}

async function read(fleet: Fleet): Promise<void> {
  for (let i = 0; i < 500 && fleet.completeness().isReading; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(fleet.completeness().isReading, false);
}

const open = (link: FakeLink): Fleet => new Fleet(link as unknown as Link, new Topics('efka'), new Quiet(50));

test('all services come, though the broker drops what is beyond its queue', async () => {
  const link = new FakeLink(999);
  for (let d = 0; d < 600; d++) {
    link.publish(`efka/d${d}/status`, birth(3));
    for (const s of ['a', 'b', 'c']) link.publish(`efka/d${d}/svc/${s}/status`, status());
  }
  const fleet = open(link);
  await read(fleet);
  assert.deepEqual(fleet.completeness(), { isReading: false, devices: 600, services: 1_800, announced: 1_800, mayMissDevices: false });
  fleet.close();
});

test('a device that the broker left out is found when it is heard of', async () => {
  const link = new FakeLink(999);
  for (let d = 0; d < 1_100; d++) {
    link.publish(`efka/d${d}/status`, birth(1));
    link.publish(`efka/d${d}/svc/a/status`, status());
  }
  const fleet = open(link);
  await read(fleet);
  const { devices, services, mayMissDevices } = fleet.completeness();
  assert.deepEqual([devices, services, mayMissDevices], [999, 999, true]);
  link.say('efka/d1099/metrics', '{}');
  for (let i = 0; i < 500 && fleet.device('d1099')?.services.size !== 1; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(fleet.device('d1099')?.list().map((service) => service.state), ['running']);
  fleet.close();
});

test('what was deleted while there was no connection is forgotten', async () => {
  const link = new FakeLink();
  for (const d of ['a', 'b']) {
    link.publish(`efka/${d}/status`, birth(2));
    for (const s of ['x', 'y']) link.publish(`efka/${d}/svc/${s}/status`, status());
  }
  const fleet = open(link);
  await read(fleet);
  for (const topic of ['efka/a/status', 'efka/a/svc/x/status', 'efka/a/svc/y/status', 'efka/b/svc/y/status']) link.retained.delete(topic);
  link.publish('efka/b/status', birth(1));
  link.reconnect();
  await read(fleet);
  assert.deepEqual(fleet.list().map((device) => device.id), ['b']);
  assert.deepEqual(fleet.device('b')?.list().map((service) => service.id), ['x']);
  fleet.close();
});

test('changes are followed, and an empty message deletes', async () => {
  const link = new FakeLink();
  link.publish('efka/a/status', birth(1));
  link.publish('efka/a/svc/x/status', status());
  const fleet = open(link);
  await read(fleet);
  link.publish('efka/a/svc/x/status', status('failed'));
  assert.equal(fleet.device('a')?.level, 'bad');
  link.publish('efka/a/svc/x/status', '');
  assert.equal(fleet.device('a')?.services.size, 0);
  link.publish('efka/a/status', '');
  assert.equal(fleet.list().length, 0);
  fleet.close();
});

test('what is no document is ignored and counted', async () => {
  const link = new FakeLink();
  const fleet = open(link);
  await read(fleet);
  for (const payload of ['not json', '[1]', '"text"', 'null', '\u0000']) link.publish('efka/a/status', payload);
  link.publish('efka/__proto__/status', { online: true, groups: 7, services: { running: 'many', stopped: -4 }, started_at: {} });
  assert.equal(fleet.ignored, 5);
  assert.deepEqual(fleet.list().map((device) => device.id), ['__proto__']);
  assert.equal(fleet.device('__proto__')?.birth?.announcedServices, 0);
  fleet.close();
});

test('a service is as bad as its state, its health or its crash loop says', () => {
  const level = (json: object) => readService('d', 's', json as never).level;
  assert.equal(level({ state: 'running', ready: true }), 'good');
  assert.equal(level({ state: 'running', ready: true, health: 'unhealthy' }), 'bad');
  assert.equal(level({ state: 'running', ready: true, crash_loop: true }), 'bad');
  assert.equal(level({ state: 'running', ready: false }), 'busy');
  assert.equal(level({ state: 'backoff' }), 'bad');
  assert.equal(level({ state: '<script>' }), 'unknown');
  assert.equal(level(JSON.parse('{"__proto__":{"state":"running"}}')), 'unknown');
});

test('an offline device says since when it is known to have been there', () => {
  const times = { started_at: '2026-11-22T10:00:00.000Z', connected_at: '2026-11-22T11:00:00.000Z' };
  assert.equal(readBirth({ online: false, reason: 'lost', ...times }).since, Date.parse(times.connected_at));
  assert.equal(readBirth({ online: true, ...times }).since, Date.parse(times.started_at));
});

test('a selection narrows by words, group, state and release', async () => {
  const link = new FakeLink();
  link.publish('efka/cam1/status', birth(1));
  link.publish('efka/cam1/svc/camera/status', status());
  link.publish('efka/cam2/status', birth(1));
  link.publish('efka/cam2/svc/camera/status', { ...status('backoff'), release: '1.5' });
  const fleet = open(link);
  await read(fleet);
  const by = (query: string) => readSelection(new URLSearchParams(query));
  const ids = (query: string) => selectDevices(fleet.list(), by(query)).shown.map((device) => device.id);
  assert.deepEqual(ids(''), ['cam1', 'cam2']);
  assert.deepEqual(ids('q=CAM2+camera'), ['cam2']);
  assert.deepEqual(ids('group=paris'), []);
  assert.deepEqual(ids('group=berlin&release=1.5'), ['cam2']);
  assert.deepEqual(ids('order=trouble'), ['cam2', 'cam1']);
  const services = selectServices(fleet.list(), by('state=bad'));
  assert.deepEqual(services.shown.map((each) => each.device.id), ['cam2']);
  assert.deepEqual([services.counts.good, services.counts.bad], [1, 1]);
  fleet.close();
});
