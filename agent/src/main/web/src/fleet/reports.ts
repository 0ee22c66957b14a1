import type { Fleet } from './fleet';
import { parseObject } from './json';
import { compare } from './model';
import { readReport, type Report } from './rollout';
import type { Topics } from './topics';
import { BATCH, Quiet, readRetained } from '../link/retained';
import type { Link, Message } from '../link/link';

/** What devices of a group say of one document, kept up to date while it is open. */
export class Reports {
  private readonly all = new Map<string, Report>();
  private readonly listeners = new Set<() => void>();
  private readonly quiet = new Quiet();
  private isOpen = false;

  constructor(
    private readonly topics: Topics,
    private readonly fleet: Fleet,
    private readonly group: string,
    private readonly name: string,
  ) {}

  /** Listens; returns how to stop. */
  open(link: Link): () => void {
    this.isOpen = true;
    const live = link.subscribe(this.topics.of('+', 'reported', this.name), this.take, { retained: 'none' });
    const stopState = link.onState((state) => {
      if (state.kind === 'online') void this.read(link);
    });
    void this.read(link);
    return () => {
      this.isOpen = false;
      live.close();
      stopState();
    };
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  list(): readonly Report[] {
    return [...this.all.values()].sort((a, b) => compare(a.device, b.device));
  }

  get(device: string): Report | undefined {
    return this.all.get(device);
  }

  /** In batches, since a broker does not deliver everything that is retained to one wildcard. */
  private async read(link: Link): Promise<void> {
    const devices = this.fleet.list().filter((device) => device.birth?.groups.includes(this.group));
    try {
      for (let from = 0; from < devices.length && this.isOpen; from += BATCH) {
        const topics = devices.slice(from, from + BATCH).map((device) => this.topics.of(device.id, 'reported', this.name));
        await readRetained(link, topics, this.take, () => this.quiet.wait(() => !this.isOpen));
      }
    } catch {
      // Without a connection; it is read again with the next one.
    }
  }

  private readonly take = (message: Message): void => {
    this.quiet.heard();
    const device = this.topics.below(message.levels)[0] ?? '';
    const json = parseObject(message.payload);
    const report = json === undefined ? undefined : readReport(device, `group/${this.group}`, json);
    if (report === undefined) this.all.delete(device);
    else if (this.fleet.devices.has(device)) this.all.set(device, report);
    this.listeners.forEach((listener) => listener());
  };
}
