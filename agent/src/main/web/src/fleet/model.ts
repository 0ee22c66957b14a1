import { Heartbeats } from './heartbeats';
import { asObject, flag, list, number, object, text, texts, time, type Json } from './json';

/** What a device's and a service's retained documents say (agent/docs/protocol.md), read without trust. */

/** How a service or a device is, from best to worst, for colours and for sorting. */
export type Level = 'good' | 'idle' | 'busy' | 'bad' | 'unknown';

export const LEVELS: readonly Level[] = ['good', 'idle', 'busy', 'unknown', 'bad'];

/** The states of a service, and how good they are. */
const STATES: ReadonlyMap<string, Level> = new Map([
  ['running', 'good'],
  ['completed', 'idle'],
  ['scheduled', 'idle'],
  ['stopped', 'idle'],
  ['starting', 'busy'],
  ['stopping', 'busy'],
  ['backoff', 'bad'],
  ['failed', 'bad'],
]);

export interface Deploy {
  readonly release: string;
  readonly state: string;
  readonly previous: string;
  readonly percent: number | undefined;
  readonly waiting: string;
  readonly code: string;
  readonly message: string;
}

export interface Hold {
  readonly by: string;
  readonly reason: string;
  readonly until: number | undefined;
}

export interface Service {
  readonly device: string;
  readonly id: string;
  /** `unknown` if it is none of the protocol's. */
  readonly state: string;
  readonly desired: string;
  readonly isReady: boolean;
  readonly health: string;
  readonly pid: number | undefined;
  readonly run: string;
  readonly since: number | undefined;
  readonly restarts: number;
  readonly isCrashLoop: boolean;
  readonly nextAttemptAt: number | undefined;
  readonly lastExit: Json | undefined;
  readonly release: string;
  readonly deploy: Deploy | undefined;
  readonly holds: readonly Hold[];
  readonly autostart: boolean;
  readonly warnings: readonly string[];
  readonly waitingFor: readonly string[];
  readonly nextRunAt: number | undefined;
  /** What is wrong with its manifest: `key`, `value`, `expected`. */
  readonly faults: readonly Json[];
  /** All of it, for what is shown of one service only. */
  readonly document: Json;
  readonly level: Level;
}

export function readService(device: string, id: string, status: Json): Service {
  const told = text(status, 'state');
  const state = STATES.has(told) ? told : 'unknown';
  const lastExit = object(status, 'last_exit');
  const health = text(status, 'health', 'unknown');
  const isCrashLoop = flag(status, 'crash_loop');
  return {
    device,
    id,
    state,
    desired: text(status, 'desired'),
    isReady: flag(status, 'ready'),
    health,
    pid: number(status, 'pid'),
    run: text(status, 'run'),
    since: time(status, 'since'),
    restarts: number(status, 'restarts') ?? 0,
    isCrashLoop,
    nextAttemptAt: time(status, 'next_attempt_at'),
    lastExit: Object.keys(lastExit).length === 0 ? undefined : lastExit,
    release: text(status, 'release'),
    deploy: readDeploy(object(status, 'deploy')),
    holds: list(status, 'holds').map((hold) => readHold(hold)),
    autostart: flag(status, 'autostart'),
    warnings: texts(status, 'warnings'),
    waitingFor: texts(status, 'waiting_for'),
    nextRunAt: time(object(status, 'schedule'), 'next_run_at'),
    faults: list(status, 'faults').map((fault) => asObject(fault) ?? {}),
    document: status,
    level: levelOf(state, health, isCrashLoop, flag(status, 'ready')),
  };
}

function readDeploy(deploy: Json): Deploy | undefined {
  if (Object.keys(deploy).length === 0) return undefined;
  return {
    release: text(deploy, 'release'),
    state: text(deploy, 'state'),
    previous: text(deploy, 'previous'),
    percent: number(deploy, 'percent'),
    waiting: text(deploy, 'waiting'),
    code: text(deploy, 'code'),
    message: text(deploy, 'message'),
  };
}

function readHold(value: unknown): Hold {
  const hold = object({ value }, 'value');
  return { by: text(hold, 'by'), reason: text(hold, 'reason'), until: time(hold, 'until') };
}

export function levelOf(state: string, health: string, isCrashLoop: boolean, isReady: boolean): Level {
  if (health === 'unhealthy' || isCrashLoop) return 'bad';
  return state === 'running' && !isReady ? 'busy' : (STATES.get(state) ?? 'unknown');
}

export interface Birth {
  readonly isOnline: boolean;
  /** Of an offline device: `shutdown`, `lost`. */
  readonly reason: string;
  readonly groups: readonly string[];
  readonly version: string;
  readonly host: string;
  readonly os: string;
  readonly java: string;
  readonly session: number | undefined;
  readonly startedAt: number | undefined;
  readonly bootAt: number | undefined;
  /** Since when its agent runs or, of an offline device, when it was last known to be there. */
  readonly since: number | undefined;
  /** How many services it says it has; undefined while it is offline, when nobody says so. */
  readonly announcedServices: number | undefined;
}

export function readBirth(status: Json): Birth {
  const isOnline = flag(status, 'online');
  const groups = texts(status, 'groups');
  return {
    isOnline,
    reason: text(status, 'reason'),
    groups: groups.includes('all') ? groups : ['all', ...groups],
    version: text(status, 'version'),
    host: text(status, 'host'),
    os: text(status, 'os'),
    java: text(status, 'java'),
    session: number(status, 'session'),
    startedAt: time(status, 'started_at'),
    bootAt: time(status, 'boot_at'),
    since: isOnline ? time(status, 'started_at') : (time(status, 'at') ?? time(status, 'connected_at')),
    announcedServices: isOnline ? sum(object(status, 'services')) : undefined,
  };
}

function sum(counts: Json): number {
  return Object.values(counts).reduce<number>((total, count) => total + (typeof count === 'number' && count > 0 ? count : 0), 0);
}

/** A device as the broker knows it. Changes in place; views are drawn anew when the fleet says that something changed. */
export class Device {
  /** Undefined as long as only its services are known. Changed by `setBirth` only. */
  birth: Birth | undefined;
  readonly services = new Map<string, Service>();
  readonly heartbeats = new Heartbeats();
  private sorted: readonly Service[] | undefined;

  constructor(readonly id: string) {}

  get isOnline(): boolean {
    return this.birth?.isOnline === true;
  }

  setService(service: Service): void {
    if (!this.services.has(service.id)) this.sorted = undefined;
    this.services.set(service.id, service);
    if (this.sorted !== undefined) this.sorted = this.sorted.map((each) => (each.id === service.id ? service : each));
    this.changed();
  }

  setBirth(birth: Birth | undefined): void {
    this.birth = birth;
    this.changed();
  }

  private changed(): void {
    if (this.birth !== undefined) this.heartbeats.note(this.level, Date.now());
  }

  removeService(id: string): void {
    this.services.delete(id);
    this.sorted = undefined;
    this.changed();
  }

  /** By id. */
  list(): readonly Service[] {
    this.sorted ??= [...this.services.values()].sort((a, b) => compare(a.id, b.id));
    return this.sorted;
  }

  /** That of its worst service; nobody knows how those of a lost device are. */
  get level(): Level {
    if (this.birth === undefined) return 'unknown';
    if (!this.isOnline) return this.birth.reason === 'shutdown' ? 'idle' : 'unknown';
    let worst = 0;
    for (const service of this.services.values()) worst = Math.max(worst, LEVELS.indexOf(service.level === 'idle' ? 'good' : service.level));
    return LEVELS[worst] ?? 'unknown';
  }
}

/** Plain order of code points: the same for everybody, and fast. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
