import { list, number, object, objects, text, time, type Json } from './json';
import type { Level } from './model';
import { errorText } from './words';

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
  readonly previous: ReadonlyMap<string, string>;
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
    previous: entries(object(plan, 'previous'), release),
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

const PLAN_LEVELS: Readonly<Record<string, Level>> = {
  running: 'busy',
  paused: 'busy',
  succeeded: 'good',
  aborting: 'busy',
  aborted: 'idle',
  undoing: 'busy',
  undone: 'idle',
};

export const planLevel = ({ state, stoppedBy }: Plan): Level =>
  state === 'paused' && stoppedBy === 'limits' ? 'bad' : (text(PLAN_LEVELS, state, 'unknown') as Level);

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
  readonly outcome: 'done' | 'updating' | 'failed';
  readonly level: Level;
}

/** The report on the document of `source`; a device may have several of one name. */
export function readReport(device: string, source: string, json: Json): Report | undefined {
  const report = [json, ...objects(json, 'others')].find((each) => text(each, 'source') === source);
  return report && asReport(device, report);
}

export function asReport(device: string, report: Json): Report {
  const state = text(report, 'state', 'unknown');
  const [outcome, level] =
    state === 'done' ? (['done', 'good'] as const) : /^(failed|rolled_back|conflict|refused|stale)$/.test(state) ? (['failed', 'bad'] as const) : (['updating', 'busy'] as const);
  return {
    device,
    source: text(report, 'source'),
    revision: number(report, 'revision'),
    track: text(report, 'track'),
    state,
    since: time(report, 'since'),
    error: errorText(object(report, 'error')),
    drift: list(report, 'drift').length,
    outcome,
    level,
  };
}
