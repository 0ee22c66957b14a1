import { LEVELS, compare, type Device, type Level, type Service } from './model';
import { shownLevel } from './levels';

/** What of the fleet is to be shown. */
export interface Selection {
  /** Words of which all must occur somewhere. */
  readonly words: readonly string[];
  readonly group: string;
  readonly level: Level | undefined;
  readonly release: string;
  readonly order: 'name' | 'trouble';
}

export function readSelection(query: URLSearchParams): Selection {
  const level = query.get('state');
  return {
    words: (query.get('q') ?? '').toLowerCase().split(/\s+/).filter((word) => word !== ''),
    group: query.get('group') ?? '',
    level: LEVELS.find((each) => each === level),
    release: query.get('release') ?? '',
    order: query.get('order') === 'trouble' ? 'trouble' : 'name',
  };
}

/** The devices that match in every respect but the level, and how many there are of each level. */
export function selectDevices(devices: readonly Device[], by: Selection): { shown: readonly Device[]; counts: Record<Level, number> } {
  const counts: Record<Level, number> = { good: 0, idle: 0, busy: 0, unknown: 0, bad: 0 };
  const shown = devices.filter((device) => {
    if (!matchesDevice(device, by)) return false;
    counts[device.level]++;
    return by.level === undefined || device.level === by.level;
  });
  return { shown: by.order === 'trouble' ? byTrouble(shown, (device) => device.level) : shown, counts };
}

export interface ShownService {
  readonly device: Device;
  readonly service: Service;
}

/** The services of devices that match, one by one. */
export function selectServices(devices: readonly Device[], by: Selection): { shown: readonly ShownService[]; counts: Record<Level, number> } {
  const counts: Record<Level, number> = { good: 0, idle: 0, busy: 0, unknown: 0, bad: 0 };
  const shown: ShownService[] = [];
  for (const device of devices) {
    if (!isInGroup(device, by.group)) continue;
    for (const service of device.list()) {
      if (by.release !== '' && service.release !== by.release) continue;
      if (!has(`${deviceText(device)} ${service.id} ${service.release} ${service.state}`, by.words)) continue;
      const level = shownLevel(device, service);
      counts[level]++;
      if (by.level === undefined || level === by.level) shown.push({ device, service });
    }
  }
  return { shown: by.order === 'trouble' ? byTrouble(shown, (each) => shownLevel(each.device, each.service)) : shown, counts };
}

function matchesDevice(device: Device, by: Selection): boolean {
  if (!isInGroup(device, by.group)) return false;
  if (by.release !== '' && !device.list().some((service) => service.release === by.release)) return false;
  if (by.words.length === 0) return true;
  const services = device.list().map((service) => `${service.id} ${service.release} ${service.state}`);
  return has(`${deviceText(device)} ${services.join(' ')}`, by.words);
}

const isInGroup = (device: Device, group: string): boolean => group === '' || device.birth?.groups.includes(group) === true;

function deviceText(device: Device): string {
  const birth = device.birth;
  return `${device.id} ${birth?.host} ${birth?.version} ${birth?.groups.join(' ')}`;
}

const has = (text: string, words: readonly string[]): boolean => {
  if (words.length === 0) return true;
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
};

/** The worst first; those of one level stay in their order. */
function byTrouble<T>(items: readonly T[], level: (item: T) => Level): readonly T[] {
  return [...items].sort((a, b) => LEVELS.indexOf(level(b)) - LEVELS.indexOf(level(a)));
}

/** More would not fit into a choice. */
const MAX_CHOICES = 500;

/** All groups and releases that there are, for choosing. */
export function choices(devices: readonly Device[]): { groups: readonly string[]; releases: readonly string[] } {
  const groups = new Set<string>();
  const releases = new Set<string>();
  for (const device of devices) {
    device.birth?.groups.forEach((group) => groups.add(group));
    for (const service of device.services.values()) if (service.release !== '') releases.add(service.release);
  }
  const sorted = (all: Set<string>): readonly string[] => [...all].sort(compare).slice(0, MAX_CHOICES);
  return { groups: sorted(groups), releases: sorted(releases) };
}
