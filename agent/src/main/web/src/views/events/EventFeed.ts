import { readEvent, type FleetEvent } from '../../fleet/events';
import { parseObject } from '../../fleet/json';
import type { Topics } from '../../fleet/topics';
import type { Message } from '../../link/link';

/** Enough to look back over a busy minute; older ones are in the devices' journals. */
const MAX_EVENTS = 5_000;

interface NumberedEvent extends FleetEvent {
  readonly key: number;
}

/** The newest events, and no more of them than a page can hold. */
export class EventFeed {
  private events: NumberedEvent[] = [];
  /** What is shown while it is paused. */
  private held: readonly NumberedEvent[] | undefined;
  private totalBefore = 0;
  total = 0;
  dropped = 0;
  changed: () => void = () => undefined;

  constructor(private readonly topics: Topics) {}

  /** Takes what comes on the event topics of devices and services. */
  readonly take = ({ levels, payload }: Message): void => {
    const json = parseObject(payload);
    if (json === undefined) return;
    const [device = '', , service = ''] = this.topics.below(levels);
    this.events.push({ key: ++this.total, ...readEvent(device, service, json) });
    // Rarely, since it moves them all.
    if (this.events.length > MAX_EVENTS * 1.2) {
      this.dropped += this.events.length - MAX_EVENTS;
      this.events = this.events.slice(-MAX_EVENTS);
    }
    this.changed();
  };

  get isPaused(): boolean {
    return this.held !== undefined;
  }

  /** How many came since it was paused. */
  get waiting(): number {
    return this.total - this.totalBefore;
  }

  /** Holds what is shown, while what comes is kept, or goes on. */
  readonly pause = (): void => {
    this.held = this.isPaused ? undefined : [...this.events];
    this.totalBefore = this.total;
    this.changed();
  };

  readonly clear = (): void => {
    this.events = [];
    if (this.isPaused) this.held = [];
    this.dropped = 0;
    this.changed();
  };

  /** Those that match, the newest first. */
  shown(matches: (event: FleetEvent) => boolean): readonly NumberedEvent[] {
    return (this.held ?? this.events).filter(matches).reverse();
  }
}
