import { flag, number, object, text, time, type Json } from './json';
import type { Level } from './model';
import { moment } from '../common/format';
import { causeText, exitText, joined, labelled, restText } from './words';

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

/** The name in words; none for those whose text says it: "running", "unhealthy", "ready". */
export const title = ({ name }: FleetEvent): string => (/^(state|health|ready)$/.test(name) ? '' : name.replaceAll('_', ' '));

export function readEvent(device: string, service: string, json: Json): FleetEvent {
  const name = text(json, 'event');
  const [level, ...own] = meaning(name, json);
  const until = time(json, 'until');
  const parts = [
    ...own,
    ...['command', 'version', 'stream', 'resource', 'by', 'why', 'code', 'message', 'reason'].map((key) => labelled(LABELS[key] ?? '', text(json, key))),
    labelled('until ', moment(until)),
    ...(name === 'deploy' ? [] : [labelled('', number(json, 'bytes'), ' bytes'), labelled('', number(json, 'count'), ' events')]),
  ];
  return { at: time(json, 'at'), device, service, name, level, text: joined(parts) || restText(json) };
}

const LABELS: Readonly<Record<string, string>> = { by: 'by ', version: 'version ' };

const BAD = /^(disk_low|events_dropped|output_(dropped|emptied|lost|file_(truncated|deleted|replaced))|session_taken_over|journal_gap)$/;

/** How good it is, and what is behind the name. */
function meaning(name: string, json: Json): [Level, ...string[]] {
  const of = (key: string): string => text(json, key);
  const cause = object(json, 'cause');
  const state = of('state');
  // Documents have an event of the same name as what is desired of a service.
  if (name === 'desired' && of('name') === '') return ['idle', of('desired')];
  switch (name) {
    case 'state': {
      const from = of('from');
      const to = of('to');
      // What is on its way up again keeps the cause for which it went down, and a cause that is the exit says it already.
      const isUp = to === 'running' || (to === 'starting' && from === 'backoff');
      return [
        /^(backoff|failed)$/.test(to) ? 'bad' : to === 'running' ? 'good' : /ing$/.test(to) ? 'busy' : 'idle',
        labelled('', from, ' → ') + to,
        isUp ? '' : causeText(cause),
        text(cause, 'kind') === 'exit' ? '' : exitText(object(json, 'exit'), ''),
      ];
    }
    case 'health':
      return [of(name) === 'unhealthy' ? 'bad' : 'good', of(name), causeText(cause)];
    case 'ready':
      return ['idle', flag(json, name) ? name : 'not ready', causeText(cause)];
    case 'crash_loop':
      return flag(json, name) ? ['bad', 'begins'] : ['good', 'is over'];
    case 'command_done':
      return [flag(json, 'ok') ? 'good' : 'bad'];
    case 'deploy':
    case 'desired':
      return [
        /failed|rolled|conflict|refused/.test(state) ? 'bad' : /committed|done/.test(state) ? 'good' : 'busy',
        of('name'),
        of('release'),
        state,
        labelled('', number(json, 'percent'), ' %'),
        text(object(json, 'error'), 'message'),
      ];
    default:
      return [BAD.test(name) ? 'bad' : 'idle'];
  }
}
