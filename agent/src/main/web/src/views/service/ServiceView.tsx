import type { JSX } from 'preact';
import { serviceValues } from '../../fleet/metrics';
import { isName } from '../../fleet/topics';
import type { Device, Service } from '../../fleet/model';
import { ServiceBadge } from '../../ui/Badge';
import { useApp, useFleet, useTick } from '../../ui/app';
import { useCommands } from '../../ui/commands';
import { Day } from '../../ui/Day';
import { Events } from '../../ui/Events';
import { bytes } from '../../common/format';
import { Charts, useHistory, type Drawn } from '../../ui/Metrics';
import { Missing } from '../../ui/Missing';
import { Panel } from '../../ui/Panel';
import { decimal, percent } from '../../ui/numbers';
import { href } from '../../ui/router';
import { useJournal } from '../../ui/useJournal';
import { useMedia } from '../../ui/useSize';
import { Output } from '../output/Output';
import { Release } from './Release';
import { ServiceActions } from './ServiceActions';
import { Why } from './Why';

/** One service: how it is and why, what can be done, its charts and its output. */
export function ServiceView({ device: deviceId, service: id }: { readonly device: string; readonly service: string }): JSX.Element {
  const device = useFleet().device(deviceId);
  const service = device?.services.get(id);
  return (
    <main class="service-view">
      {device !== undefined && service !== undefined ? (
        <Known device={device} service={service} />
      ) : (
        <>
          <Title device={deviceId} service={id} />
          <Missing what="service" />
        </>
      )}
    </main>
  );
}

function Title({ device, service }: { readonly device: string; readonly service: string }): JSX.Element {
  return (
    <h1>
      <a href={href('device', device)}>{device}</a> / {service}
    </h1>
  );
}

function Known({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  const commands = useCommands(device.id, service.id);
  const isLegal = isName(device.id) && isName(service.id);
  const isWide = useMedia('(min-width: 64rem)');
  return (
    <>
      <div class="row">
        <Title device={device.id} service={service.id} />
        <ServiceBadge device={device} service={service} />
        {isLegal ? <ServiceActions service={service} commands={commands} /> : <span class="problem">{commands.obstacle}</span>}
      </div>
      <div class="parts">
        <div class="column">
          <Why device={device} service={service} />
          <Release service={service} commands={commands} />
          {isLegal && isWide && <Past device={device} service={service} />}
        </div>
        {isLegal && <Output device={device.id} service={service.id} />}
        {/* Whoever has a small screen wants the output before the charts. */}
        {isLegal && !isWide && (
          <div class="column">
            <Past device={device} service={service} />
          </div>
        )}
      </div>
    </>
  );
}

const DRAWN: readonly Drawn[] = [
  { title: 'CPU', keys: [['cpu', '']], format: percent },
  { title: 'Memory (RSS)', keys: [['rss', '']], format: bytes, base: 1024 },
  {
    title: 'Files and threads',
    keys: [
      ['fds', 'files'],
      ['threads', 'threads'],
    ],
    format: decimal,
  },
  { title: 'Restarts', keys: [['restarts', '']], format: decimal },
];

/** How it was: the last 24 hours, its metrics since it is looked at, its events. */
function Past({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  const { topics } = useApp();
  useTick(10_000);
  const commands = useCommands(device.id, service.id);
  const read = useJournal(device.id, service.id, commands);
  const history = useHistory(topics.of(device.id, 'svc', service.id, 'metrics'), serviceValues);
  return (
    <>
      <Panel title="Charts" isPlain>
        <Day read={read} service={service} />
        <Charts history={history} drawn={DRAWN} />
      </Panel>
      <Events {...read} isOne />
    </>
  );
}
