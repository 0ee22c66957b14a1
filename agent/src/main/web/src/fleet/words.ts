import { flag, number, text, valueText, type Json } from './json';

/** What documents say (agent/docs/protocol.md), as a person would say it. */

/** Empty where there is no value. */
export const labelled = (before: string, value: string | number | undefined, behind = ''): string => (value === undefined || value === '' ? '' : before + value + behind);

/** Those that are not empty. */
export const joined = (parts: readonly string[], between = ', '): string => parts.filter((part) => part !== '').join(between);

/** Where the protocol's own word does not say enough. */
const CAUSES: Readonly<Record<string, string>> = {
  command: 'by a command',
  adopted: 'taken over',
  health: 'health checks failed',
  limit: 'too many failures',
  watchdog: 'silent for too long',
  internal: 'a fault of the agent, see its log',
};

/** `exited with code 3`, `could not be started: no file …`; empty if nobody says why. */
export function causeText(cause: Json): string {
  const kind = text(cause, 'kind');
  const message = text(cause, 'message');
  // These messages are whole sentences: `waits for db`, `was due at …`.
  if (message !== '' && ['', 'dependency', 'schedule'].includes(kind)) return message;
  const signal = text(cause, 'signal');
  const code = number(cause, 'code');
  let words = text(CAUSES, kind, kind.replaceAll('_', ' '));
  if (kind === 'exit' && code !== undefined) words = `exited with code ${code}`;
  if (kind === 'exit' && signal !== '') words = `ended by ${signal}`;
  return words + labelled(': ', message);
}

/** `unhealthy: it did not answer`, of what the protocol has for an error. */
export const errorText = (error: Json): string => joined([text(error, 'code'), text(error, 'message')], ': ');

/** How a run ended: `exit code 3`, `signal KILL, out of memory`. */
export function exitText(exit: Json, otherwise = 'nobody saw how'): string {
  const signal = text(exit, 'signal');
  const code = number(exit, 'code');
  const end = signal !== '' ? `signal ${signal}` : code !== undefined ? `exit code ${code}` : otherwise;
  return end + (flag(exit, 'oom') ? ', out of memory' : '');
}

const ENDED: ReadonlySet<string> = new Set(['', 'committed', 'failed', 'rolled_back', 'rollback_failed', 'cancelled', 'superseded']);

/** Whether a deploy in this state is over. */
export const isOver = (state: string): boolean => ENDED.has(state);

/** One line for one step of a plan (agent/docs/protocol.md, "A plan"): `switch: to 1.1-349ed29c`. */
export function stepText(step: Json): string {
  const more = Object.hasOwn(step, 'holds') ? 'until nobody holds the service' : restText(step);
  return joined([text(step, 'step'), more], ': ');
}

/** Keys and values that this page has no words for. */
export function restText(json: Json): string {
  return Object.entries(json)
    .filter(([key]) => !['v', 'at', 'event', 'service', 'session', 'step'].includes(key))
    .slice(0, 12)
    .map(([key, value]) => `${key.replaceAll('_', ' ')} ${valueText(value)}`)
    .join(', ');
}
