import type { JSX } from 'preact';
import { number, object, text, time, type Json } from '../../fleet/json';
import { causeText, exitText } from '../../fleet/words';
import type { Device, Service } from '../../fleet/model';
import { useTick } from '../../ui/app';
import { Facts } from '../../ui/Facts';
import { Panel } from '../../ui/Panel';
import { ago, duration, moment, sinceText } from '../../ui/format';
import { causeOf } from './reasons';

/** How a service is, and why, in words. */
export function Why({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  const { state, since, waitingFor, isCrashLoop, faults, warnings, lastExit, document } = service;
  const cause = causeText(causeOf(service));
  const schedule = object(document, 'schedule');
  const isLost = !device.isOnline && device.birth?.reason !== 'shutdown';
  return (
    <Panel title="Why" isPlain>
      {isLost && <p>The device is lost. This is the last that is known.</p>}
      <p>
        <strong>{state}</strong>
        {since !== undefined && `${sinceText(since)} (${ago(since)})`}
        {cause === '' ? '' : `: ${cause}`}.
      </p>
      {!isLost && <Next at={service.nextAttemptAt} />}
      {waitingFor.length > 0 && !cause.startsWith('waits') && <p>It waits for {waitingFor.join(', ')}.</p>}
      {isCrashLoop && <p class="problem">Crash loop.</p>}
      {faults.length > 0 && (
        <ul class="problem">
          {faults.slice(0, 20).map((fault, i) => (
            <li key={i}>
              {text(fault, 'key')}: must be {text(fault, 'expected')}
            </li>
          ))}
        </ul>
      )}
      {warnings.map((warning) => (
        <p key={warning} class="busy">
          {warning}
        </p>
      ))}
      {lastExit !== undefined && <LastExit exit={lastExit} isOpen={service.level === 'bad' || service.level === 'busy'} />}
      <Facts
        isInline
        facts={[
          ['pid', service.pid],
          ['ready', service.isReady ? 'yes' : 'no'],
          ['health', service.health],
          ['restarts', service.restarts],
          ['desired', service.desired],
          ['autostart', service.autostart ? 'yes' : 'no'],
          ['release', service.release],
          ['next run', service.nextRunAt && nextText(service.nextRunAt)],
          ['skipped', number(schedule, 'skipped')],
          ['missed', number(schedule, 'missed')],
          ['run', service.run],
        ]}
      />
    </Panel>
  );
}

function LastExit({ exit, isOpen }: { readonly exit: Json; readonly isOpen: boolean }): JSX.Element {
  const tail = text(exit, 'tail');
  const at = time(exit, 'at');
  const words = `Its last run ended${at === undefined ? '' : ` at ${moment(at)}`}: ${exitText(exit)}`;
  if (tail === '') return <p>{words}.</p>;
  return (
    <details open={isOpen}>
      <summary>{words}</summary>
      <pre class="text" tabIndex={0} aria-label="the end of its output">
        {tail}
      </pre>
    </details>
  );
}

function nextText(at: number): string {
  const left = at - Date.now();
  return `${moment(at)}${left > 0 ? `, in ${duration(left)}` : ''}`;
}

/** Counts down. */
function Next({ at }: { readonly at: number | undefined }): JSX.Element | null {
  useTick(1_000);
  if (at === undefined) return null;
  const left = at - Date.now();
  return <p>{left > 0 ? `The next attempt is in ${Math.ceil(left / 1_000)} s.` : 'The next attempt is due.'}</p>;
}
