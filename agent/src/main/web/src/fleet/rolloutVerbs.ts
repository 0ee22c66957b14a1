import { asExactObject, asNumber, exactNumber, parseExact, stringifyExact, type ExactObject } from './exactJson';

/**
 * What an operator may do to a rollout from the page: the same changes of the document that `efka rollout` makes
 * (agent/docs/rollouts.md). A controller that steers the rollout finds that somebody else has taken over, and ends.
 */
export type Verb = 'pause' | 'abort' | 'promote' | 'undo';

/** The states of a plan in which a verb can be said. */
export const ALLOWED: Readonly<Record<Verb, readonly string[]>> = {
  pause: ['running'],
  abort: ['running', 'paused'],
  promote: ['running', 'paused'],
  undo: ['succeeded'],
};

export interface Operator {
  readonly by: string;
  /** Different for each command. */
  readonly id: string;
}

/** What would delay the way back. */
const DELAYS = ['splay', 'window', 'not_before', 'expires_at'];

/**
 * The document after `verb`.
 *
 * @param source the document as it is at the broker
 * @throws Error saying why that cannot be done
 */
export function apply(verb: Verb, source: string, operator: Operator, reason: string, now: Date): string {
  const document = parseExact(source);
  if ('signed' in document) throw new Error('the document is signed; this page cannot sign a new one');
  const plan = planOf(document);
  const state = typeof plan['state'] === 'string' ? plan['state'] : '';
  if (!ALLOWED[verb].includes(state)) throw new Error(`the rollout is ${state || 'not there'} by now; ${verb} needs ${ALLOWED[verb].join(' or ')}`);
  take(plan, operator, now);
  if (verb === 'pause') stop(plan, 'paused', operator, reason);
  else if (verb === 'promote') promote(document, plan);
  else goBack(document, plan, verb === 'abort' ? 'aborting' : 'undoing', operator, reason);
  return stringifyExact(document);
}

/** The document when all devices are back: `aborting` becomes `aborted`. */
export function end(source: string, operator: Operator, stuck: ReadonlyMap<string, string>, now: Date): string {
  const document = parseExact(source);
  const plan = planOf(document);
  const ends: Readonly<Record<string, string>> = { aborting: 'aborted', undoing: 'undone' };
  const next = ends[String(plan['state'])];
  if (next === undefined) throw new Error('the rollout does not go back');
  take(plan, operator, now);
  plan['state'] = next;
  plan['stuck'] = Object.fromEntries([...stuck].slice(0, 100));
  return stringifyExact(document);
}

function planOf(document: ExactObject): ExactObject {
  return asExactObject(asExactObject(document['candidate'])['plan']);
}

function take(plan: ExactObject, operator: Operator, now: Date): void {
  const epoch = asNumber(asExactObject(plan['controller'])['epoch']) ?? 0;
  plan['controller'] = { by: operator.by, id: operator.id, epoch: exactNumber(epoch + 1) };
  plan['updated_at'] = now.toISOString();
}

function stop(plan: ExactObject, state: string, operator: Operator, reason: string): void {
  plan['state'] = state;
  plan['stopped_by'] = operator.by;
  plan['reason'] = reason.slice(0, 200);
}

function promote(document: ExactObject, plan: ExactObject): void {
  const candidate = asExactObject(document['candidate']);
  next(document, { ...asExactObject(document['services']), ...asExactObject(candidate['services']) });
  const steps = plan['steps'];
  plan['state'] = 'succeeded';
  plan['step'] = exactNumber(Array.isArray(steps) ? steps.length : 1);
  plan['reached'] = exactNumber(100);
  delete plan['stopped_by'];
  delete plan['reason'];
}

function goBack(document: ExactObject, plan: ExactObject, state: string, operator: Operator, reason: string): void {
  next(document, { ...asExactObject(document['services']), ...asExactObject(plan['previous']) });
  DELAYS.forEach((key) => delete document[key]);
  stop(plan, state, operator, reason);
}

/** The next revision, in which nobody gets a candidate. */
function next(document: ExactObject, services: ExactObject): void {
  const revision = asNumber(document['revision']);
  if (revision === undefined || !Number.isSafeInteger(revision + 1)) throw new Error('the document has no revision that can be counted on');
  document['revision'] = exactNumber(revision + 1);
  document['services'] = services;
  const candidate = asExactObject(document['candidate']);
  candidate['share'] = exactNumber(0);
  candidate['services'] = {};
}
