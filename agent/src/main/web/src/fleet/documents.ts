import { parseObject } from './json';
import { compare } from './model';
import { readDocument, type GroupDocument } from './rollout';
import type { Topics } from './topics';
import type { Link, Message } from '../link/link';

/** A fleet has a few per group; more are somebody's nonsense. */
const MAX_DOCUMENTS = 1_000;

const decoder = new TextDecoder();

/** The desired documents of all groups, kept up to date while it is open. */
export class Documents {
  private readonly all = new Map<string, GroupDocument>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly topics: Topics) {}

  /** Listens; returns how to stop. */
  open(link: Link): () => void {
    const subscription = link.subscribe(this.topics.of('group', '+', 'desired', '+'), this.take);
    return () => subscription.close();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get(group: string, name: string): GroupDocument | undefined {
    return this.all.get(`${group}/${name}`);
  }

  /** Those with a rollout first, the newest of them on top. */
  list(): readonly GroupDocument[] {
    return [...this.all.values()].sort(
      (a, b) => (b.plan?.updatedAt ?? 0) - (a.plan?.updatedAt ?? 0) || compare(`${a.group}/${a.name}`, `${b.group}/${b.name}`),
    );
  }

  private readonly take = (message: Message): void => {
    const [, group = '', , name = ''] = this.topics.below(message.levels);
    const key = `${group}/${name}`;
    const json = parseObject(message.payload);
    if (json === undefined) this.all.delete(key);
    else if (this.all.size < MAX_DOCUMENTS || this.all.has(key)) this.all.set(key, readDocument(group, name, decoder.decode(message.payload), json));
    this.listeners.forEach((listener) => listener());
  };
}
