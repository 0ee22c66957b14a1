import { readEvent, type FleetEvent } from '../../fleet/events';
import { parseObject } from '../../fleet/json';
import type { Topics } from '../../fleet/topics';
import type { Listener } from '../../link/link';

/** Enough to look back over a busy minute; older ones are in the devices' journals. */
const MAX_EVENTS = 5_000;

export interface NumberedEvent {
  readonly key: number;
  readonly event: FleetEvent;
}

/** The newest events, and no more of them than a page can hold. */
export class EventFeed {
  private events: NumberedEvent[] = [];
  private held: NumberedEvent[] | undefined;
  private readonly listeners = new Set<() => void>();
  total = 0;
  dropped = 0;

  /** For the event topics of devices and services. */
  listener(topics: Topics): Listener {
    return (message) => {
      const json = parseObject(message.payload);
      if (json === undefined) return;
      const levels = topics.below(message.levels);
      const service = levels.length === 4 ? (levels[2] ?? '') : '';
      this.add(readEvent(levels[0] ?? '', service, json));
    };
  }

  add(event: FleetEvent): void {
    this.events.push({ key: ++this.total, event });
    // Rarely, since it moves them all.
    if (this.events.length > MAX_EVENTS * 1.2) {
      this.dropped += this.events.length - MAX_EVENTS;
      this.events = this.events.slice(-MAX_EVENTS);
    }
    this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** While it is paused, what is shown stays; what comes is kept. */
  pause(isPaused: boolean): void {
    this.held = isPaused ? [...this.events] : undefined;
    this.changed();
  }

  /** How many came since it was paused. */
  get waiting(): number {
    return this.held === undefined ? 0 : this.total - (this.held[this.held.length - 1]?.key ?? 0);
  }

  clear(): void {
    this.events = [];
    if (this.held !== undefined) this.held = [];
    this.dropped = 0;
    this.changed();
  }

  /** Those that match, the newest first. */
  shown(matches: (event: NumberedEvent) => boolean): readonly NumberedEvent[] {
    return (this.held ?? this.events).filter(matches).reverse();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
