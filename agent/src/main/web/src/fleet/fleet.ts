import { problemText } from '../common/format';
import { parseObject } from './json';
import { Device, readBirth, readService, compare } from './model';
import type { Topics } from './topics';
import { BATCH, Quiet, readRetained } from '../link/retained';
import type { Link, Message, Subscription } from '../link/link';

/** How much of what is there has come. */
export interface Completeness {
  readonly isReading: boolean;
  readonly devices: number;
  readonly services: number;
  /** Services that online devices say they have. */
  readonly announced: number;
  /** Whether the broker may have more devices than it sends at once. */
  readonly mayMissDevices: boolean;
}

/** An offline device does not say how many services it has. */
const GUESSED_SERVICES = 10;

/** The devices' own statuses are asked for until nothing new comes. */
const MAX_ROUNDS = 6;

/**
 * So many retained messages do brokers with their defaults send to one SUBSCRIBE: Mosquitto over WebSocket, EMQX, Mosquitto
 * over TCP. A fleet of such a size may be larger.
 */
const SUSPICIOUS_DEVICES = [999, 1_000, 1_020];

/** Online devices publish metrics every 30 s, and so say that they are there. */
const DISCOVERY_MS = 40_000;

/** Devices that are heard of without being known are asked for together, after so long. */
const ASK_MS = 500;

/** Somebody who floods the broker with made-up devices must not fill the browser's memory. */
const MAX_DEVICES = 50_000;
const MAX_SERVICES = 1_000;

/** An agent's status has a few KiB. */
const MAX_STATUS = 256 << 10;

/**
 * All devices and services, kept up to date. Births come first; each says how many services its device has, so that the
 * services' statuses can be asked for in batches that a broker delivers completely.
 */
export class Fleet {
  readonly devices = new Map<string, Device>();
  private readonly listeners = new Set<() => void>();
  private ordered: readonly Device[] | undefined;
  private subscriptions: Subscription[] = [];
  private reading = 0;
  private isReading = true;
  private mayMissDevices = false;

  /** Heard of lately, and without a birth. */
  private readonly unknown = new Set<string>();
  private readonly stopState: () => void;

  /** What came since the last connection began, to forget what vanished meanwhile. */
  private seen = new Set<string>();

  /** The devices of which statuses of services are awaited; undefined while the devices' own are. */
  private batch: ReadonlySet<string> | undefined;

  /** Why not all could be read; empty if it could. */
  problem = '';

  /** Messages that were no documents, or too many. */
  ignored = 0;

  constructor(
    private readonly link: Link,
    private readonly topics: Topics,
    private readonly quiet = new Quiet(),
  ) {
    this.stopState = link.onState((state) => {
      if (state.kind === 'online') void this.read();
      this.changed();
    });
    if (link.state.kind === 'online') void this.read();
  }

  /** Tells of every change, often; `useFleet` draws once a frame. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.stopState();
    this.reading++;
    this.subscriptions.forEach((subscription) => subscription.close());
  }

  /** Asks for a device at once, whatever else is being read, and as long as it is shown. Returns how to stop. */
  watch(id: string): () => void {
    const shown = this.link.subscribeAll([this.topics.of(id, 'status'), this.topics.of(id, 'svc', '+', 'status')], this.take);
    return () => shown.close();
  }

  /** By id. */
  list(): readonly Device[] {
    this.ordered ??= [...this.devices.values()].filter((device) => device.birth !== undefined).sort((a, b) => compare(a.id, b.id));
    return this.ordered;
  }

  device(id: string): Device | undefined {
    const device = this.devices.get(id);
    return device?.birth === undefined ? undefined : device;
  }

  completeness(): Completeness {
    let services = 0;
    let announced = 0;
    for (const device of this.list()) {
      services += device.services.size;
      announced += device.birth?.announcedServices ?? device.services.size;
    }
    const mayMissDevices = this.mayMissDevices && !this.isReading;
    return { isReading: this.isReading, devices: this.list().length, services, announced, mayMissDevices };
  }

  private async read(): Promise<void> {
    const mine = ++this.reading;
    const isOver = (): boolean => mine !== this.reading;
    this.isReading = true;
    this.problem = '';
    this.seen = new Set();
    this.subscriptions.forEach((subscription) => subscription.close());
    this.subscriptions = [
      this.link.subscribe(this.topics.of('+', 'svc', '+', 'status'), this.take, { retained: 'none' }),
      this.link.subscribe(this.topics.of('+', 'status'), this.take, { retained: 'none' }),
    ];
    try {
      await Promise.all(this.subscriptions.map((subscription) => subscription.accepted));
      await this.readAll(isOver);
      if (isOver()) return;
      this.forgetVanished();
    } catch (error) {
      // The connection is gone, which the state of the link says as well, or the broker refuses.
      this.problem = problemText(error);
    }
    if (isOver()) return;
    this.isReading = false;
    this.changed();
  }

  private async readAll(isOver: () => boolean): Promise<void> {
    const read = new Set<Device>();
    this.batch = undefined;
    for (let round = 0; round < MAX_ROUNDS && !isOver(); round++) {
      // At QoS 0 most brokers have no queue beyond which they drop what one wildcard brings. `/#` matches the same topics,
      // so that its end does not end the live subscription.
      const births = this.link.subscribe(this.topics.of('+', 'status', '#'), this.take, { qos: 0 });
      try {
        await births.accepted;
        // The first round tells which devices there are; further ones, while services are read, whether there are more.
        const enough = round === 0 ? this.quiet.wait(isOver) : this.quiet.pass();
        const fresh = round === 0 ? [] : this.list().filter((device) => !read.has(device));
        fresh.forEach((device) => read.add(device));
        await this.readServices(fresh, isOver);
        await enough;
      } finally {
        births.close();
      }
      if (round > 0 && this.list().every((device) => read.has(device))) break;
    }
    this.mayMissDevices = SUSPICIOUS_DEVICES.includes(this.list().length);
    if (this.mayMissDevices && !isOver()) this.discover();
  }

  /** Listens for a while to what all online devices publish now and then. */
  private discover(): void {
    const hear = (message: Message): void => this.heardOf(this.topics.below(message.levels)[0] ?? '');
    const metrics = this.link.subscribe(this.topics.of('+', 'metrics'), hear, { qos: 0, retained: 'none' });
    const timer = setTimeout(() => metrics.close(), DISCOVERY_MS);
    this.subscriptions.push({
      ...metrics,
      close: () => {
        clearTimeout(timer);
        metrics.close();
      },
    });
  }

  /** A device whose birth did not come is asked for by name. */
  private heardOf(id: string): void {
    if (this.device(id) !== undefined || this.unknown.size >= BATCH || this.isReading) return;
    if (this.unknown.size === 0) setTimeout(() => void this.ask(), ASK_MS);
    this.unknown.add(id);
  }

  private async ask(): Promise<void> {
    const mine = this.reading;
    const isOver = (): boolean => mine !== this.reading;
    const ids = [...this.unknown];
    try {
      const births = ids.map((id) => this.topics.of(id, 'status'));
      await readRetained(this.link, births, this.take, () => this.quiet.wait(() => isOver() || ids.every((id) => this.device(id) !== undefined)));
      await this.readServices(ids.map((id) => this.device(id)).filter((device) => device !== undefined), isOver);
    } catch {
      // With the next connection everything is read again.
    } finally {
      this.unknown.clear();
    }
  }

  private async readServices(devices: readonly Device[], isOver: () => boolean): Promise<void> {
    for (const batch of batches(devices)) {
      if (isOver()) return;
      this.batch = new Set(batch.map((device) => device.id));
      const filters = batch.map((device) => this.topics.of(device.id, 'svc', '+', 'status'));
      await readRetained(this.link, filters, this.take, () => this.quiet.wait(() => isOver() || batch.every((device) => this.isComplete(device))));
    }
  }

  private isComplete(device: Device): boolean {
    const announced = device.birth?.announcedServices;
    if (announced === undefined) return false;
    let seen = 0;
    for (const service of device.services.keys()) if (this.seen.has(`${device.id}/${service}`)) seen++;
    return seen >= announced;
  }

  private forgetVanished(): void {
    for (const device of this.devices.values()) {
      for (const service of [...device.services.keys()]) {
        if (!this.seen.has(`${device.id}/${service}`)) device.removeService(service);
      }
      if (!this.seen.has(device.id)) device.setBirth(undefined);
      this.dropIfEmpty(device);
    }
    this.ordered = undefined;
  }

  private readonly take = (message: Message): void => {
    const levels = this.topics.below(message.levels);
    const id = levels[0] ?? '';
    const isEmpty = message.payload.length === 0;
    const json = isEmpty || message.payload.length > MAX_STATUS ? undefined : parseObject(message.payload);
    if (!isEmpty && json === undefined) {
      this.ignored++;
      return;
    }
    if (levels.length === 2 && levels[1] === 'status') {
      this.note(id, this.batch === undefined);
      const device = this.known(id);
      if (device === undefined) return;
      const isNew = (device.birth === undefined) !== (json === undefined);
      device.setBirth(json === undefined ? undefined : readBirth(json));
      if (isNew) this.ordered = undefined;
      this.dropIfEmpty(device);
    } else if (levels.length === 4 && levels[1] === 'svc' && levels[3] === 'status') {
      const service = levels[2] ?? '';
      this.note(`${id}/${service}`, this.batch?.has(id) === true);
      const device = this.known(id);
      if (device === undefined) return;
      if (json === undefined) device.removeService(service);
      else if (device.services.size < MAX_SERVICES || device.services.has(service)) device.setService(readService(id, service, json));
      else this.ignored++;
      this.dropIfEmpty(device);
      if (json !== undefined) this.heardOf(id);
    }
    this.changed();
  };

  /** Only what is awaited, and comes for the first time, says that there may be more: changes never end. */
  private note(key: string, isAwaited: boolean): void {
    if (isAwaited && !this.seen.has(key)) this.quiet.heard();
    this.seen.add(key);
  }

  private known(id: string): Device | undefined {
    let device = this.devices.get(id);
    if (device !== undefined) return device;
    if (this.devices.size >= MAX_DEVICES) {
      this.ignored++;
      return undefined;
    }
    device = new Device(id);
    this.devices.set(id, device);
    return device;
  }

  private dropIfEmpty(device: Device): void {
    if (device.birth !== undefined || device.services.size > 0) return;
    this.devices.delete(device.id);
    this.ordered = undefined;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

const announcedBy = (device: Device): number => Math.max(1, device.birth?.announcedServices ?? GUESSED_SERVICES);

/**
 * As many devices at once as have no more services together than a broker delivers. Offline devices come last: since they
 * do not say how many services they have, each batch of them takes a silence to be over.
 */
function batches(devices: readonly Device[]): Device[][] {
  const all: Device[][] = [];
  let batch: Device[] = [];
  let expected = 0;
  // The largest come last: a device that announces services which it does not have delays nobody but those.
  const inOrder = [...devices].sort((a, b) => Number(b.isOnline) - Number(a.isOnline) || announcedBy(a) - announcedBy(b));
  for (const device of inOrder) {
    const more = announcedBy(device);
    const isOther = batch[0] !== undefined && batch[0].isOnline !== device.isOnline;
    if (batch.length > 0 && (isOther || expected + more > BATCH)) {
      all.push(batch);
      batch = [];
      expected = 0;
    }
    batch.push(device);
    expected += more;
  }
  if (batch.length > 0) all.push(batch);
  return all;
}
