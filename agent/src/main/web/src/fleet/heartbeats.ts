import { LEVELS, type Level } from './model';

/** How many minutes are kept. */
export const MINUTES = 30;

const MINUTE_MS = 60_000;

/** 0: nothing is known of that minute; else 1 + the place of its worst level. */
const NOTHING = 0;

/** The worst level of something in each of the last 30 minutes, as far as this page has watched. */
export class Heartbeats {
  private readonly ring = new Uint8Array(MINUTES);
  private minute = -1;
  private level = NOTHING;

  /** Notes how it is from now on. */
  note(level: Level, now: number): void {
    this.advance(now);
    this.level = 1 + LEVELS.indexOf(level);
    const place = this.minute % MINUTES;
    this.ring[place] = Math.max(this.ring[place] ?? NOTHING, this.level);
  }

  /** The levels minute by minute, the oldest first; undefined where nothing is known. */
  levels(now: number): readonly (Level | undefined)[] {
    this.advance(now);
    return Array.from({ length: MINUTES }, (_, i) => LEVELS[(this.ring[(this.minute + 1 + i) % MINUTES] ?? NOTHING) - 1]);
  }

  /** It stays as it is until somebody notes something else. */
  private advance(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    const from = this.minute < 0 ? minute : Math.max(this.minute + 1, minute - MINUTES + 1);
    for (let each = from; each <= minute; each++) this.ring[each % MINUTES] = this.level;
    this.minute = Math.max(this.minute, minute);
  }
}
