import type { JSX } from 'preact';
import { serviceValues } from '../../fleet/metrics';
import { isName } from '../../fleet/topics';
import type { Device, Service } from '../../fleet/model';
import { ServiceBadge } from '../../ui/Badge';
import { useApp, useFleet, useTick } from '../../ui/app';
import { useCommands, type Commands } from '../../ui/commands';
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
  const commands = useCommands(deviceId, id);
  const isLegal = isName(deviceId) && isName(id);
  const isWide = useMedia('(min-width: 64rem)');
  const title = (
    <h1>
      <a href={href('device', deviceId)}>{deviceId}</a> / {id}
    </h1>
  );
  if (device === undefined || service === undefined) {
    return (
      <main>
        {title}
        <Missing what="service" />
      </main>
    );
  }
  const past = isLegal && <Past device={device} service={service} commands={commands} />;
  return (
    <main class="service-view">
      <div class="row">
        {title}
        <ServiceBadge device={device} service={service} />
        {isLegal ? <ServiceActions service={service} commands={commands} /> : <span class="problem">{commands.obstacle}</span>}
      </div>
      <div class="parts">
        <div class="column">
          <Why device={device} service={service} />
          <Release service={service} commands={commands} />
          {isWide && past}
        </div>
        {isLegal && <Output device={deviceId} service={id} />}
        {/* Whoever has a small screen wants the output before the charts. */}
        {!isWide && <div class="column">{past}</div>}
      </div>
    </main>
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
function Past({ device, service, commands }: { readonly device: Device; readonly service: Service; readonly commands: Commands }): JSX.Element {
  const { topics } = useApp();
  useTick(10_000);
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
