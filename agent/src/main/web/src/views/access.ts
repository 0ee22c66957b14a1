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
  const served = { url: meta('broker'), prefix: meta('prefix') || 'efka' };
  const all = read();
  const kept = all['served'] === served.url ? all : {};
  return {
    url: kept['url'] || served.url,
    prefix: kept['prefix'] || served.prefix,
    username: kept['username'] ?? '',
    password: kept['password'] ?? '',
    isKept: kept['url'] !== undefined,
  };
}

function read(): Readonly<Record<string, string | undefined>> {
  try {
    const kept: unknown = JSON.parse(storage.load('access'));
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}

export function remember({ url, prefix, username, password }: Access): void {
  storage.save('access', JSON.stringify({ served: meta('broker'), url, prefix, username, password }));
}

export function forget(): void {
  storage.save('access', '');
}
