import { flag, number, object, text, texts, type Json } from './json';
import type { Level, ServiceState } from './model';
import { levelOf } from './model';

/** What documents say (agent/docs/protocol.md), as a person would say it. */

const CAUSES: Readonly<Record<string, string>> = {
  command: 'a command asked for it',
  rollback: 'its release is taken back',
  exit: 'it ended by itself',
  launch_failed: 'it could not be started',
  not_ready: 'it was not ready in time',
  health: 'its health checks failed',
  watchdog: 'it was silent for too long',
  dependency: 'it waits for other services',
  agent_start: 'the agent started, or it was just installed',
  agent_stop: 'the agent is ending',
  adopted: 'its process was taken over from an earlier agent',
  limit: 'it failed too often, so the agent gave up',
  schedule: 'a run was due',
  run_timeout: 'its run took too long',
  invalid_manifest: 'its manifest cannot be used',
  internal: 'the agent has a fault; its log has the details',
};

/** `it ended by itself with exit code 3`; empty if nobody says why. */
export function causeText(cause: Json): string {
  const kind = text(cause, 'kind');
  if (kind === '') return text(cause, 'message');
  const message = text(cause, 'message');
  const words = (Object.hasOwn(CAUSES, kind) ? CAUSES[kind] : undefined) ?? kind;
  const end = endText(cause);
  return words + (end === '' ? '' : ` with ${end}`) + (message === '' ? '' : `: ${message}`);
}

/** `exit code 3`, `signal KILL`. */
function endText(exit: Json): string {
  const signal = text(exit, 'signal');
  const code = number(exit, 'code');
  return signal !== '' ? `signal ${signal}` : code !== undefined ? `exit code ${code}` : '';
}

/** How a run ended: `exit code 3`, `signal KILL, out of memory`, `nobody knows how`. */
export function exitText(exit: Json): string {
  return (endText(exit) || 'nobody knows how') + (flag(exit, 'oom') ? ', out of memory' : '');
}

const DEPLOYS: Readonly<Record<string, string>> = {
  queued: 'waits for its turn to be fetched',
  downloading: 'is being fetched',
  verifying: 'is being checked',
  staged: 'waits for other commands to end',
  held: 'waits until nobody holds the service',
  activating: 'is being started',
  watching: 'is being watched',
  rolling_back: 'is being taken back',
  committed: 'is in use',
  failed: 'failed',
  rolled_back: 'was taken back',
  rollback_failed: 'failed, and could not be taken back',
  cancelled: 'was cancelled',
  superseded: 'gave way to a later deploy',
};

export const deployText = (state: string): string => (Object.hasOwn(DEPLOYS, state) ? DEPLOYS[state] : undefined) ?? state;

const ENDED: ReadonlySet<string> = new Set(['', 'committed', 'failed', 'rolled_back', 'rollback_failed', 'cancelled', 'superseded']);

/** Whether a deploy in this state is over. */
export const isOver = (state: string): boolean => ENDED.has(state);

/** What an event says, without its time and its service. What is not known of it is shown as it came. */
export function eventText(event: Json): string {
  const name = text(event, 'event');
  const message = text(event, 'message');
  switch (name) {
    case 'state': {
      const from = text(event, 'from');
      const to = text(event, 'to');
      const exit = object(event, 'exit');
      // What is on its way up again keeps the cause for which it went down.
      const isUp = to === 'running' || (to === 'starting' && from === 'backoff');
      const cause = isUp ? '' : causeText(object(event, 'cause'));
      const end = Object.keys(exit).length > 0 && endText(object(event, 'cause')) === '' ? `; the run ended with ${exitText(exit)}` : '';
      return `${from === '' ? '' : `${from} → `}${to}${cause === '' ? '' : `: ${cause}`}${end}`;
    }
    case 'ready':
      return flag(event, 'ready') ? 'ready' : 'not ready';
    case 'health':
      return text(event, 'health');
    case 'crash_loop':
      return flag(event, 'crash_loop') ? 'a crash loop began' : 'the crash loop is over';
    case 'desired':
      return text(event, 'name') === ''
        ? `is to be ${text(event, 'desired')}`
        : `document ${text(event, 'name')}, revision ${number(event, 'revision') ?? '-'}: ${text(event, 'state')}${withError(object(event, 'error'))}`;
    case 'deploy': {
      const percent = number(event, 'percent');
      const what = `release ${text(event, 'release')} ${deployText(text(event, 'state'))}`;
      return what + (percent === undefined ? '' : `, ${percent} %`) + (message === '' ? '' : `: ${message}`);
    }
    case 'hold':
      return `held by the ${text(event, 'by')} until ${text(event, 'until')}: ${text(event, 'reason')}`;
    case 'hold_ended':
      return `hold of the ${text(event, 'by')} ended (${text(event, 'why')})`;
    case 'started':
      return `the agent started, version ${text(event, 'version')}`;
    case 'stopping':
      return 'the agent is ending';
    case 'command_done':
    case 'expired':
    case 'retained_refused': {
      const done = flag(event, 'ok') ? 'done' : `failed: ${text(event, 'code')} ${message}`;
      return `command ${text(event, 'command')} ${name === 'command_done' ? done : name.replace('_', ' ')}`;
    }
    default:
      return [name, ...rest(event)].join(' ');
  }
}

const withError = (error: Json): string => {
  const said = [text(error, 'code'), text(error, 'message')].filter((part) => part !== '').join(': ');
  return said === '' ? '' : ` (${said})`;
};

/** Keys and values of an event that this page has no words for. */
function rest(event: Json): string[] {
  return Object.entries(event)
    .filter(([key]) => !['v', 'at', 'event', 'service', 'session', 'step'].includes(key))
    .slice(0, 12)
    .map(([key, value]) => `${key}=${(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 300)}`);
}

const BAD_EVENTS: ReadonlySet<string> = new Set(['disk_low', 'session_taken_over', 'events_dropped', 'journal_gap', 'retained_refused', 'expired']);

/** How much an event should worry somebody. */
export function eventLevel(event: Json): Level {
  const name = text(event, 'event');
  const state = text(event, 'state');
  if (name === 'state') return levelOf(text(event, 'to') as ServiceState, text(event, 'health'), false, flag(event, 'ready'));
  if (name === 'health') return text(event, 'health') === 'unhealthy' ? 'bad' : 'good';
  if (name === 'crash_loop') return flag(event, 'crash_loop') ? 'bad' : 'good';
  if (name === 'deploy' || name === 'desired') {
    if (['failed', 'rolled_back', 'rollback_failed', 'refused', 'conflict'].includes(state)) return 'bad';
    return state === 'committed' || state === 'done' ? 'good' : 'busy';
  }
  if (name === 'command_done') return flag(event, 'ok') ? 'good' : 'bad';
  return BAD_EVENTS.has(name) || name.startsWith('output_') ? 'bad' : 'idle';
}

/** One line for one step of a plan (agent/docs/protocol.md, "A plan"). */
export function stepText(step: Json): string {
  const release = text(step, 'release');
  switch (text(step, 'step')) {
    case 'supersede':
      return 'another deploy is ended';
    case 'wait':
      return Object.hasOwn(step, 'holds') ? 'wait until nobody holds the service' : 'wait until another deploy is over';
    case 'fetch':
      return `fetch the artifact${number(step, 'size') === undefined ? '' : ` of ${number(step, 'size')} bytes`}`;
    case 'unpack':
      return `unpack and check it`;
    case 'store':
      return `store release ${release}`;
    case 'verify':
      return `check release ${release}, which is stored`;
    case 'stop':
      return `stop the service, which runs ${release}`;
    case 'switch':
      return `switch to ${text(step, 'to')}`;
    case 'start':
      return 'start it';
    case 'watch':
      return `watch it: healthy for ${text(step, 'min_healthy')}, within ${text(step, 'healthy_deadline')}; otherwise ${text(step, 'on_failure')}`;
    case 'confirm':
      return 'wait for a confirmation';
    case 'delete':
      return `delete release ${release || texts(step, 'releases').join(', ')} once it has proved itself`;
    default:
      return [text(step, 'step'), ...rest(step)].join(' ');
  }
}
