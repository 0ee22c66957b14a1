import { parseObject } from './json';
import { Device, readBirth, readService, compare } from './model';
import { Topics } from './topics';
import { BATCH, Quiet } from '../link/retained';
import type { Link, Message, Subscription } from '../link/link';

/** How much of what is there has come. */
export interface Completeness {
  readonly isReading: boolean;
  readonly devices: number;
  readonly services: number;
  /** Services that online devices say they have. */
  readonly announced: number;
}

/** An offline device does not say how many services it has. */
const GUESSED_SERVICES = 10;

/** The devices' own statuses are asked for until nothing new comes. */
const MAX_ROUNDS = 6;

/** Somebody who floods the broker with made-up devices must not fill the browser's memory. */
const MAX_DEVICES = 50_000;
const MAX_SERVICES = 1_000;

/**
 * All devices and services, kept up to date. Births come first; each says how many services its device has, so that the
 * services' statuses can be asked for in batches that a broker delivers completely.
 */
export class Fleet {
  readonly devices = new Map<string, Device>();
  private readonly listeners = new Set<() => void>();
  private readonly topics: Topics;
  private ordered: readonly Device[] | undefined;
  private subscriptions: Subscription[] = [];
  private reading = 0;
  private isReading = true;
  private readonly stopState: () => void;

  /** What came since the last connection began, to forget what vanished meanwhile. */
  private seen = new Set<string>();

  /** Messages that were no documents, or too many. */
  ignored = 0;

  constructor(
    private readonly link: Link,
    prefix: string,
    private readonly quiet = new Quiet(),
  ) {
    this.topics = new Topics(prefix);
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
    return { isReading: this.isReading, devices: this.list().length, services, announced };
  }

  private async read(): Promise<void> {
    const mine = ++this.reading;
    const isOver = (): boolean => mine !== this.reading;
    this.isReading = true;
    this.seen = new Set();
    const births = this.topics.of('+', 'status');
    const statuses = this.topics.of('+', 'svc', '+', 'status');
    this.subscriptions.forEach((subscription) => subscription.close());
    this.subscriptions = [
      this.link.subscribe(statuses, this.take, { retained: 'none' }),
      this.link.subscribe(births, this.take, { retained: 'none' }),
    ];
    try {
      await Promise.all(this.subscriptions.map((subscription) => subscription.accepted));
      for (let round = 0, before = -1; round < MAX_ROUNDS && this.seen.size > before; round++) {
        before = this.seen.size;
        // At QoS 0 a broker has no queue beyond which it drops what one wildcard brings. `/#` matches the same topics, so
        // that its end does not end the other subscription.
        const again = this.link.subscribe(births + '/#', this.take, { qos: 0 });
        await again.accepted;
        await this.quiet.wait(isOver);
        again.close();
        if (isOver()) return;
      }
      for (const batch of this.batches()) {
        const filters = batch.map((device) => this.topics.of(device.id, 'svc', '+', 'status'));
        const asked = this.link.subscribeAll(filters, this.take);
        await asked.accepted;
        await this.quiet.wait(() => isOver() || batch.every((device) => this.isComplete(device)));
        asked.close();
        if (isOver()) return;
      }
      this.forgetVanished();
    } catch {
      // The connection is gone, or the broker refuses: the state of the link, or what is missing, says so.
    }
    if (isOver()) return;
    this.isReading = false;
    this.changed();
  }

  private isComplete(device: Device): boolean {
    const announced = device.birth?.announcedServices;
    if (announced === undefined) return false;
    let seen = 0;
    for (const service of device.services.keys()) if (this.seen.has(`${device.id}/${service}`)) seen++;
    return seen >= announced;
  }

  private batches(): Device[][] {
    const batches: Device[][] = [];
    let batch: Device[] = [];
    let expected = 0;
    for (const device of this.list()) {
      const more = Math.max(1, device.birth?.announcedServices ?? GUESSED_SERVICES);
      if (batch.length > 0 && expected + more > BATCH) {
        batches.push(batch);
        batch = [];
        expected = 0;
      }
      batch.push(device);
      expected += more;
    }
    if (batch.length > 0) batches.push(batch);
    return batches;
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
    this.quiet.heard();
    const levels = this.topics.below(message.levels);
    const id = levels[0] ?? '';
    const isEmpty = message.payload.length === 0;
    const json = isEmpty ? undefined : parseObject(message.payload);
    if (!isEmpty && json === undefined) {
      this.ignored++;
      return;
    }
    if (levels.length === 2 && levels[1] === 'status') {
      this.seen.add(id);
      const device = this.known(id);
      if (device === undefined) return;
      const isNew = (device.birth === undefined) !== (json === undefined);
      device.setBirth(json === undefined ? undefined : readBirth(json));
      if (isNew) this.ordered = undefined;
      this.dropIfEmpty(device);
    } else if (levels.length === 4 && levels[1] === 'svc' && levels[3] === 'status') {
      const service = levels[2] ?? '';
      const device = this.known(id);
      if (device === undefined) return;
      if (json === undefined) device.removeService(service);
      else if (device.services.size < MAX_SERVICES || device.services.has(service)) device.setService(readService(id, service, json));
      else this.ignored++;
      this.seen.add(`${id}/${service}`);
      this.dropIfEmpty(device);
    }
    this.changed();
  };

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
