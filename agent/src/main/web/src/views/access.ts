import { parseText, text } from '../fleet/json';
import type { Address } from '../link/connection';
import * as storage from '../ui/storage';

/** How the page gets to the fleet. */
export interface Access extends Address {
  readonly prefix: string;
  /** Whether the username and the password are kept in the browser. */
  readonly isKept: boolean;
}

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="efka-${name}"]`)?.content ?? '';

/**
 * What was kept, else what the page was served with. Another page from the same place may name another broker: what was kept for the
 * first one, a password above all, is not for that.
 */
export function load(): Access {
  const served = meta('broker');
  const all = parseText(storage.load('access'));
  const kept = all !== undefined && text(all, 'served') === served ? all : {};
  const url = text(kept, 'url');
  return {
    url: url || served,
    prefix: text(kept, 'prefix') || meta('prefix'),
    username: text(kept, 'username'),
    password: text(kept, 'password'),
    isKept: url !== '',
  };
}

/** Keeps it for the next time, or forgets what was kept. */
export function remember({ isKept, ...access }: Access): void {
  storage.save('access', isKept ? JSON.stringify({ served: meta('broker'), ...access }) : '');
}
