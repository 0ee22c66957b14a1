import type { JSX } from 'preact';
import { number, object, text, time } from '../../fleet/json';
import { causeText, exitText, labelled } from '../../fleet/words';
import type { Device, Service } from '../../fleet/model';
import { useTick } from '../../ui/app';
import { Facts } from '../../ui/Facts';
import { Panel } from '../../ui/Panel';
import { ago, duration, moment, sinceText } from '../../common/format';
import { causeOf, faultText } from './reasons';

/** How a service is, and why, in words. */
export function Why({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  useTick(1_000); // it counts down
  const { state, since, waitingFor, isCrashLoop, faults, warnings, lastExit = {}, document, nextAttemptAt, nextRunAt, level } = service;
  const cause = causeText(causeOf(service));
  const schedule = object(document, 'schedule');
  const isLost = !device.isOnline && device.birth?.reason !== 'shutdown';
  const end = `Its last run ended${labelled(' at ', moment(time(lastExit, 'at')))}: ${exitText(lastExit)}`;
  const tail = text(lastExit, 'tail');
  return (
    <Panel title="Why" isPlain>
      {isLost && <p>The device is lost. This is the last that is known.</p>}
      <p>
        <strong>{state}</strong>
        {since !== undefined && `${sinceText(since)} (${ago(since)})`}
        {labelled(': ', cause)}.
      </p>
      {!isLost && nextAttemptAt !== undefined && <p>The next attempt is {dueText(nextAttemptAt)}.</p>}
      {waitingFor.length > 0 && !cause.startsWith('waits') && <p>It waits for {waitingFor.join(', ')}.</p>}
      {isCrashLoop && <p class="problem">Crash loop.</p>}
      {faults.slice(0, 20).map((fault, i) => (
        <p key={i} class="problem">
          {faultText(fault)}
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} class="busy">
          {warning}
        </p>
      ))}
      {tail !== '' ? (
        <details open={level === 'bad' || level === 'busy'}>
          <summary>{end}</summary>
          <pre class="text" tabIndex={0} aria-label="the end of its output">
            {tail}
          </pre>
        </details>
      ) : (
        service.lastExit !== undefined && <p>{end}.</p>
      )}
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
          ['next run', nextRunAt && `${moment(nextRunAt)}, ${dueText(nextRunAt)}`],
          ['skipped', number(schedule, 'skipped')],
          ['missed', number(schedule, 'missed')],
          ['run', service.run],
        ]}
      />
    </Panel>
  );
}

/** `in 5 s`. */
function dueText(at: number): string {
  const left = at - Date.now();
  return left > 0 ? `in ${duration(left)}` : 'due';
}
