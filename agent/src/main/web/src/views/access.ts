import type { Address } from '../link/connection';
import * as storage from '../ui/storage';

/** How the page gets to the fleet. */
export interface Access extends Address {
  readonly prefix: string;
  /** Whether the username and the password are kept in the browser. */
  readonly isKept: boolean;
}

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="efka-${name}"]`)?.content ?? '';

/** What was kept, else what the page was served with, else a guess. */
export function load(): Access {
  const kept = read();
  const served = meta('broker');
  return {
    url: served !== '' ? served : (kept['url'] ?? ''),
    prefix: meta('prefix') || kept['prefix'] || 'efka',
    username: kept['username'] ?? '',
    password: kept['password'] ?? '',
    isKept: kept['username'] !== undefined && kept['username'] !== '',
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

export function remember(access: Access): void {
  const { url, prefix, username, password } = access;
  storage.save('access', JSON.stringify({ url, prefix, username, password }));
}

export function forget(): void {
  storage.save('access', '');
}
