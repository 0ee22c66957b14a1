import type { Link, Listener } from './link';

/**
 * Reading what is retained. A broker does not say when it has sent all of it, and drops without a word what is beyond its
 * queue: Mosquitto sends 20 messages, queues 1,000.
 */

/** Half of what Mosquitto queues for a client; what comes live meanwhile needs some of it. */
export const BATCH = 500;

/** In milliseconds: many times what a broker takes between two messages, also over a modem. */
const SILENCE_MS = 700;

const LOOK_MS = 20;

/** Subscribes to filters for as long as `wait` takes, whatever becomes of that: what stayed open would be asked for with every new connection. */
export async function readRetained(link: Link, filters: readonly string[], listener: Listener, wait: () => Promise<void>): Promise<void> {
  const asked = link.subscribeAll(filters, listener);
  try {
    await asked.accepted;
    await wait();
  } finally {
    asked.close();
  }
}

/** Waits for a silence. */
export class Quiet {
  private heardAt = 0;

  /** @param silenceMs after which nothing more comes */
  constructor(private readonly silenceMs = SILENCE_MS) {}

  /** Something has come. */
  heard(): void {
    this.heardAt = Date.now();
  }

  /** Returns after the time of a silence, whatever comes. */
  pass(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.silenceMs));
  }

  /** Returns after a silence, or as soon as `isEnough` says so. */
  wait(isEnough: () => boolean): Promise<void> {
    this.heardAt = Date.now();
    return new Promise((resolve) => {
      const look = (): void => {
        if (isEnough() || Date.now() - this.heardAt >= this.silenceMs) resolve();
        else setTimeout(look, LOOK_MS);
      };
      look();
    });
  }
}
