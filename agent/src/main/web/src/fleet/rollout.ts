import { list, number, object, text, time, type Json } from './json';
import type { Level } from './model';

/** A desired document of a group, and the plan of its rollout if it has one (agent/docs/protocol.md, "Desired state"). */
export interface GroupDocument {
  readonly group: string;
  readonly name: string;
  /** As it came, for changing it. */
  readonly source: string;
  readonly revision: number | undefined;
  readonly isRemoved: boolean;
  /** What services get, by id: `1.4.2`, or what else can be said in a word. */
  readonly services: ReadonlyMap<string, string>;
  readonly candidate: ReadonlyMap<string, string>;
  readonly share: number;
  readonly plan: Plan | undefined;
}

export interface Plan {
  /** `running`, `paused`, `succeeded`, `aborting`, `aborted`, `undoing`, `undone`; anything from a later version. */
  readonly state: string;
  readonly stoppedBy: string;
  readonly reason: string;
  readonly steps: readonly number[];
  /** From 1 on. */
  readonly step: number;
  readonly firstRevision: number;
  readonly previous: ReadonlyMap<string, string>;
  readonly counts: Json;
  readonly failed: ReadonlyMap<string, string>;
  readonly startedBy: string;
  readonly startedAt: number | undefined;
  readonly controller: { readonly by: string; readonly id: string };
  readonly updatedAt: number | undefined;
}

export function readDocument(group: string, name: string, source: string, json: Json): GroupDocument {
  const candidate = object(json, 'candidate');
  const plan = object(candidate, 'plan');
  return {
    group,
    name,
    source,
    revision: number(json, 'revision'),
    isRemoved: json['removed'] === true,
    services: entries(object(json, 'services'), release),
    candidate: entries(object(candidate, 'services'), release),
    share: number(candidate, 'share') ?? 0,
    plan: Object.keys(plan).length === 0 ? undefined : readPlan(plan),
  };
}

function readPlan(plan: Json): Plan {
  const controller = object(plan, 'controller');
  return {
    state: text(plan, 'state', 'unknown'),
    stoppedBy: text(plan, 'stopped_by'),
    reason: text(plan, 'reason'),
    steps: list(plan, 'steps').filter((step): step is number => typeof step === 'number').slice(0, 100),
    step: number(plan, 'step') ?? 1,
    firstRevision: number(plan, 'first_revision') ?? 0,
    previous: entries(object(plan, 'previous'), release),
    counts: object(plan, 'counts'),
    failed: entries(object(plan, 'failed'), (value) => (typeof value === 'string' ? value.slice(0, 200) : '')),
    startedBy: text(plan, 'started_by'),
    startedAt: time(plan, 'started_at'),
    controller: { by: text(controller, 'by'), id: text(controller, 'id') },
    updatedAt: time(plan, 'updated_at'),
  };
}

const MAX_ENTRIES = 256;

function entries(json: Json, read: (value: unknown) => string): ReadonlyMap<string, string> {
  return new Map(Object.entries(json).slice(0, MAX_ENTRIES).map(([key, value]) => [key, read(value)]));
}

/** What an entry brings, in a word. */
function release(value: unknown): string {
  const entry = object({ value }, 'value');
  const named = text(entry, 'release') || text(object(entry, 'manifest'), 'release');
  if (entry['absent'] === true) return 'absent';
  if (named !== '') return named;
  const sha256 = text(object(entry, 'artifact'), 'sha256');
  if (sha256 !== '') return sha256.slice(0, 12);
  return entry['manifest'] === undefined ? 'as it is' : 'files of the document';
}

export function planLevel(plan: Plan): Level {
  switch (plan.state) {
    case 'succeeded':
      return 'good';
    case 'running':
    case 'aborting':
    case 'undoing':
      return 'busy';
    case 'paused':
      return plan.stoppedBy === 'limits' ? 'bad' : 'busy';
    case 'aborted':
    case 'undone':
      return 'idle';
    default:
      return 'unknown';
  }
}

/** What became of a document on a device. */
export interface Report {
  readonly device: string;
  /** `device` or `group/{group}`. */
  readonly source: string;
  readonly revision: number | undefined;
  readonly track: string;
  readonly state: string;
  readonly since: number | undefined;
  readonly error: string;
  readonly drift: number;
  readonly outcome: Outcome;
}

export type Outcome = 'done' | 'updating' | 'failed';

const FAILED: ReadonlySet<string> = new Set(['failed', 'rolled_back', 'conflict', 'refused', 'stale']);

/** The report on the document of `source`; a device may have several of one name. */
export function readReport(device: string, source: string, json: Json): Report | undefined {
  const all = [json, ...list(json, 'others').map((other) => object({ other }, 'other'))];
  const report = all.find((each) => text(each, 'source') === source);
  return report && asReport(device, report);
}

export function asReport(device: string, report: Json): Report {
  const error = object(report, 'error');
  const state = text(report, 'state', 'unknown');
  return {
    device,
    source: text(report, 'source'),
    revision: number(report, 'revision'),
    track: text(report, 'track'),
    state,
    since: time(report, 'since'),
    error: [text(error, 'code'), text(error, 'message')].filter((part) => part !== '').join(': '),
    drift: list(report, 'drift').length,
    outcome: state === 'done' ? 'done' : FAILED.has(state) ? 'failed' : 'updating',
  };
}

export const OUTCOME_LEVELS: Readonly<Record<Outcome, Level>> = { done: 'good', updating: 'busy', failed: 'bad' };
