import { object, text, type Json } from '../../fleet/json';
import { causeText, exitText } from '../../fleet/words';
import type { Service } from '../../fleet/model';

/** Why a service is as it is, and what can be done with it. */

/** Why it is in this state, in a line; empty where there is nothing to say. */
export function whyText(service: Service): string {
  const { state, waitingFor, faults, lastExit } = service;
  if (waitingFor.length > 0) return `waits for ${waitingFor.join(', ')}`;
  const fault = faults[0];
  if (fault !== undefined) return faultText(fault);
  const cause = causeOf(service);
  if ((state === 'completed' || state === 'scheduled') && lastExit !== undefined) return `last run: ${exitText(lastExit)}`;
  if (state === 'stopped' && text(cause, 'kind') === 'agent_start') return '';
  if (state === 'running' && text(cause, 'kind') !== 'health') return service.health === 'unhealthy' ? 'health checks fail' : '';
  return causeText(cause);
}

/** What is wrong in a manifest. */
export const faultText = (fault: Json): string => `${text(fault, 'key')}: must be ${text(fault, 'expected')}`;

export const causeOf = (service: Service): Json => object(service.document, 'cause');

/** Why it cannot be started; empty if it can. */
export function startObstacle(service: Service): string {
  if (service.state === 'scheduled') return 'A restart runs it now';
  return ['running', 'starting'].includes(service.state) ? `It is ${service.state}` : '';
}

/** Why it cannot be stopped; empty if it can. */
export function stopObstacle(service: Service): string {
  return service.desired !== 'running' && ['stopped', 'completed', 'failed'].includes(service.state) ? `It is ${service.state}` : '';
}

/** Why there is nothing to send something to; empty if there is. */
export function processObstacle(service: Service): string {
  return service.pid === undefined ? 'It has no process' : '';
}

export function resetObstacle(service: Service): string {
  return service.restarts === 0 && !service.isCrashLoop && !['backoff', 'failed'].includes(service.state) ? 'No failures to clear' : '';
}

export const stopQuestion = ({ id }: Service): string => `Ends ${id} with all of its processes, and its schedule, until somebody starts it again.`;

export function restartQuestion({ id, pid, document }: Service): string {
  if (Object.hasOwn(document, 'schedule')) return `Runs ${id} now. Its schedule goes on.`;
  return `${pid === undefined ? 'Starts' : 'Stops and starts'} ${id} with its manifest read anew.`;
}
