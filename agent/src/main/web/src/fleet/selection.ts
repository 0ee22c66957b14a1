import { deviceText, shownLevel } from './levels';
import { LEVELS, compare, type Device, type Level, type Service } from './model';

/** What of the fleet is to be shown, as the page's address says. */
export interface Selection {
  /** Words of which all must occur somewhere. */
  readonly words: readonly string[];
  readonly group: string;
  readonly level: string;
  readonly release: string;
  readonly isTroubleFirst: boolean;
}

export function readSelection(query: URLSearchParams): Selection {
  const of = (key: string): string => query.get(key) ?? '';
  return { words: wordsOf(of('q')), group: of('group'), level: of('state'), release: of('release'), isTroubleFirst: of('order') !== '' };
}

export const wordsOf = (text: string): readonly string[] => text.toLowerCase().split(/\s+/).filter((word) => word !== '');

/** Whether all words occur in the text. */
export function hasWords(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

export interface Found<T> {
  readonly shown: readonly T[];
  /** How many match in every respect but the level, by level. */
  readonly counts: Record<Level, number>;
}

export interface ShownService {
  readonly device: Device;
  readonly service: Service;
}

export function selectDevices(devices: readonly Device[], by: Selection): Found<Device> {
  return narrowed(devices, by, (device) => device.level, (device) => {
    const services = device.list();
    if (by.release !== '' && !services.some(({ release }) => release === by.release)) return false;
    return isInGroup(device, by.group) && (by.words.length === 0 || hasWords([deviceWords(device), ...services.map(serviceWords)].join(' '), by.words));
  });
}

export function selectServices(devices: readonly Device[], by: Selection): Found<ShownService> {
  const all = devices.filter((device) => isInGroup(device, by.group)).flatMap((device) => device.list().map((service) => ({ device, service })));
  return narrowed(all, by, ({ device, service }) => shownLevel(device, service), ({ device, service }) =>
    (by.release === '' || service.release === by.release) && (by.words.length === 0 || hasWords(`${deviceWords(device)} ${serviceWords(service)}`, by.words)),
  );
}

function narrowed<T>(all: readonly T[], by: Selection, levelOf: (item: T) => Level, matches: (item: T) => boolean): Found<T> {
  const counts: Record<Level, number> = { good: 0, idle: 0, busy: 0, unknown: 0, bad: 0 };
  const shown = all.filter((item) => {
    if (!matches(item)) return false;
    const level = levelOf(item);
    counts[level]++;
    return by.level === '' || by.level === level;
  });
  // The worst first; those of one level stay in their order.
  if (by.isTroubleFirst) shown.sort((a, b) => LEVELS.indexOf(levelOf(b)) - LEVELS.indexOf(levelOf(a)));
  return { shown, counts };
}

const isInGroup = (device: Device, group: string): boolean => group === '' || device.birth?.groups.includes(group) === true;

const serviceWords = (service: Service): string => `${service.id} ${service.release} ${service.state}`;

function deviceWords(device: Device): string {
  const { birth } = device;
  return `${device.id} ${deviceText(device)} ${birth?.host} ${birth?.version} ${birth?.groups.join(' ')}`;
}

/** More would not fit into a choice. */
const MAX_CHOICES = 500;

/** All groups and releases that there are, for choosing. */
export function choices(devices: readonly Device[]): { groups: readonly string[]; releases: readonly string[] } {
  const groups = new Set<string>();
  const releases = new Set<string>();
  for (const device of devices) {
    device.birth?.groups.forEach((group) => groups.add(group));
    device.services.forEach(({ release }) => releases.add(release));
  }
  releases.delete('');
  const sorted = (all: Set<string>): readonly string[] => [...all].sort(compare).slice(0, MAX_CHOICES);
  return { groups: sorted(groups), releases: sorted(releases) };
}
