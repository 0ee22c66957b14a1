import { flag, number, object, text, time, type Json } from './json';
import type { Level } from './model';
import { moment } from '../ui/format';
import { causeText, exitText, restText } from './words';

/** An event as a person reads it (agent/docs/protocol.md, "Events"). */
export interface FleetEvent {
  readonly at: number | undefined;
  readonly device: string;
  /** Empty: of the device itself. */
  readonly service: string;
  readonly name: string;
  readonly level: Level;
  readonly text: string;
}

export function readEvent(device: string, service: string, json: Json): FleetEvent {
  const name = text(json, 'event');
  return { at: time(json, 'at'), device, service, name, level: levelOf(name, json), text: words(name, json) };
}

const BAD = /^(disk_low|events_dropped|output_(dropped|emptied|lost|file_(truncated|deleted|replaced))|session_taken_over|journal_gap)$/;

function levelOf(name: string, json: Json): Level {
  const to = text(json, 'to');
  const state = text(json, 'state');
  if (name === 'state') return /^(backoff|failed)$/.test(to) ? 'bad' : to === 'running' ? 'good' : /ing$/.test(to) ? 'busy' : 'idle';
  if (name === 'health') return text(json, 'health') === 'unhealthy' ? 'bad' : 'good';
  if (name === 'crash_loop') return flag(json, 'crash_loop') ? 'bad' : 'good';
  if (name === 'command_done') return flag(json, 'ok') ? 'good' : 'bad';
  if (isWish(name, json)) return 'idle';
  if (name === 'deploy' || name === 'desired') return /failed|rolled|conflict|refused/.test(state) ? 'bad' : /committed|done/.test(state) ? 'good' : 'busy';
  return BAD.test(name) ? 'bad' : 'idle';
}

/** Documents have an event of the same name as what is desired of a service. */
const isWish = (name: string, json: Json): boolean => name === 'desired' && text(json, 'name') === '';

/** What is behind the name; each part only where the event has it. */
function words(name: string, json: Json): string {
  const parts: string[] = [];
  const add = (value: string): unknown => value !== '' && parts.push(value);
  if (name === 'state') {
    add([text(json, 'from'), text(json, 'to')].filter((state) => state !== '').join(' → '));
    const cause = object(json, 'cause');
    // What is on its way up again keeps the cause for which it went down, and a cause that is the exit says it already.
    const isUp = text(json, 'to') === 'running' || (text(json, 'to') === 'starting' && text(json, 'from') === 'backoff');
    if (!isUp) add(causeText(cause));
    if (text(cause, 'kind') !== 'exit') add(exitText(object(json, 'exit'), ''));
  } else if (isWish(name, json)) {
    add(text(json, 'desired'));
  } else if (name === 'deploy' || name === 'desired') {
    add(text(json, 'name'));
    add(text(json, 'release'));
    add(text(json, 'state'));
    const percent = number(json, 'percent');
    if (percent !== undefined) parts.push(`${percent} %`);
    add(text(object(json, 'error'), 'message'));
  } else if (name === 'health' || name === 'ready') {
    add(name === 'ready' ? (flag(json, 'ready') ? 'ready' : 'not ready') : text(json, 'health'));
    add(causeText(object(json, 'cause')));
  } else if (name === 'crash_loop') {
    add(flag(json, 'crash_loop') ? 'begins' : 'is over');
  }
  for (const key of ['command', 'version', 'stream', 'resource', 'by', 'why', 'code', 'message', 'reason']) {
    const value = text(json, key);
    if (value !== '') parts.push((LABELS[key] ?? '') + value);
  }
  const until = time(json, 'until');
  if (until !== undefined) parts.push(`until ${moment(until)}`);
  for (const key of ['bytes', 'count']) {
    const value = number(json, key);
    if (value !== undefined && name !== 'deploy') parts.push(`${value} ${key === 'count' ? 'events' : 'bytes'}`);
  }
  return parts.join(', ') || restText(json);
}

const LABELS: Readonly<Record<string, string>> = { by: 'by ', version: 'version ' };
