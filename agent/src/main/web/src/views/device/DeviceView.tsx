import type { JSX } from 'preact';
import { DeviceBadge } from '../../ui/Badge';
import { useFleet, useTick } from '../../ui/app';
import { CommandButton, useCommands } from '../../ui/commands';
import { ago, moment, plural } from '../../common/format';
import { Facts } from '../../ui/Facts';
import { Missing } from '../../ui/Missing';
import { useJournal } from '../../ui/useJournal';
import { Events } from '../../ui/Events';
import { isName } from '../../fleet/topics';
import type { Device } from '../../fleet/model';
import { AgentDetails } from './AgentDetails';
import { Documents } from './Documents';
import { Machine } from './Machine';
import { Services } from './Services';

/** One device: how it is, its services, its machine. */
export function DeviceView({ device: id }: { readonly device: string }): JSX.Element {
  const device = useFleet().device(id);
  return (
    <main>
      {device === undefined ? (
        <>
          <h1>{id}</h1>
          <Missing what="device" />
        </>
      ) : (
        <Known device={device} />
      )}
    </main>
  );
}

function Known({ device }: { readonly device: Device }): JSX.Element {
  useTick(10_000);
  const { birth, id } = device;
  const commands = useCommands(id);
  const read = useJournal(id, undefined, commands);
  const isLegal = isName(id);
  const running = device.list().filter(({ desired }) => desired === 'running').length;
  return (
    <>
      <div class="row">
        <h1>{id}</h1>
        <DeviceBadge device={device} />
        <span class="soft">{sinceText(device)}</span>
        <span class="spring" />
        <CommandButton
          why={commands.obstacle || (running === 0 ? 'No service is to run' : '')}
          onClick={() =>
            commands.give('restart', {}, {
              words: 'restart all services of',
              question: `Stops and starts ${plural(running, 'service')}. The agent goes on.`,
            })
          }
        >
          Restart all…
        </CommandButton>
      </div>
      {!isLegal && <p class="problem">{commands.obstacle}</p>}
      {birth !== undefined && (
        <Facts
          isInline
          facts={[
            ['host', birth.host],
            ['OS', birth.os],
            ['Java', birth.java],
            ['agent', birth.version],
            ['groups', birth.groups.join(', ')],
            ['booted', moment(birth.bootAt)],
            ['started', moment(birth.startedAt)],
            ['session', birth.session],
          ]}
        />
      )}
      <div class="columns">
        <div class="column">
          <Services device={device} read={read} />
          <Events {...read} />
        </div>
        <div class="column">
          {isLegal && <Machine device={device} commands={commands} />}
          {isLegal && <Documents device={id} />}
          <AgentDetails commands={commands} />
        </div>
      </div>
    </>
  );
}

function sinceText(device: Device): string {
  const { birth } = device;
  if (birth === undefined) return '';
  if (birth.isOnline) return birth.startedAt === undefined ? '' : `up for ${ago(birth.startedAt)}`;
  if (birth.reason === 'shutdown') return `since ${moment(birth.since)}`;
  // The will cannot have the time of the loss. The latest time in what the device has sent is the last that is known of it.
  const last = device.list().reduce((latest, { since }) => Math.max(latest, since ?? 0), birth.since ?? 0);
  return last === 0 ? 'since an unknown time' : `some time after ${moment(last)}`;
}
