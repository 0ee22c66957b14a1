import { flag, number, text, texts, type Json } from './json';

/** What documents say (agent/docs/protocol.md), as a person would say it. */

const CAUSES: Readonly<Record<string, string>> = {
  command: 'by a command',
  rollback: 'its release is taken back',
  exit: 'ended by itself',
  launch_failed: 'could not be started',
  not_ready: 'was not ready in time',
  health: 'health checks failed',
  watchdog: 'was silent for too long',
  dependency: 'waits for other services',
  agent_start: 'the agent started',
  agent_stop: 'the agent is ending',
  adopted: 'taken over from an earlier agent',
  limit: 'failed too often, so the agent gave up',
  schedule: 'a run was due',
  run_timeout: 'the run took too long',
  invalid_manifest: 'the manifest cannot be used',
  internal: 'a fault of the agent; its log has the details',
};

/** `exited with code 3`, `could not be started: no file …`; empty if nobody says why. */
export function causeText(cause: Json): string {
  const kind = text(cause, 'kind');
  const message = text(cause, 'message');
  if (kind === '') return message;
  const signal = text(cause, 'signal');
  const code = number(cause, 'code');
  const isEnd = kind === 'exit' && (signal !== '' || code !== undefined);
  const words = isEnd ? (signal !== '' ? `ended by ${signal}` : `exited with code ${code}`) : ((Object.hasOwn(CAUSES, kind) ? CAUSES[kind] : undefined) ?? kind.replaceAll('_', ' '));
  return words + (message === '' ? '' : `: ${message}`);
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
      return [text(step, 'step'), restText(step)].join(' ').trim();
  }
}

/** Keys and values that this page has no words for. */
export function restText(json: Json): string {
  return Object.entries(json)
    .filter(([key]) => !['v', 'at', 'event', 'service', 'session', 'step'].includes(key))
    .slice(0, 12)
    .map(([key, value]) => `${key}=${(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 300)}`)
    .join(' ');
}
