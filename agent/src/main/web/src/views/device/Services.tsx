import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { serviceText } from '../../fleet/levels';
import { hasWords, wordsOf } from '../../fleet/selection';
import { isOver, joined } from '../../fleet/words';
import type { Device, Service } from '../../fleet/model';
import { ServiceBadge } from '../../ui/Badge';
import { useFleet } from '../../ui/app';
import { CommandButton, useCommands } from '../../ui/commands';
import { DayBars } from '../../ui/Day';
import { ago, count, plural } from '../../common/format';
import { href } from '../../ui/router';
import type { ReadJournal } from '../../ui/useJournal';
import { useSize } from '../../ui/useSize';
import { VirtualList } from '../../ui/VirtualList';
import { restartQuestion, startObstacle, stopObstacle, stopQuestion, whyText } from '../service/reasons';

const FILTER_FROM = 9;
const ROW = 58;
/** Two lines, where not all of it fits in one. */
const NARROW_ROW = 112;
const NARROW = 540;

/** The services of a device; any number of them. */
export function Services({ device, read }: { readonly device: Device; readonly read: ReadJournal }): JSX.Element {
  const [filter, setFilter] = useState('');
  const [frame, { width }] = useSize<HTMLElement>();
  const fleet = useFleet();
  const all = device.list();
  const words = wordsOf(filter);
  const shown = all.filter((service) => hasWords(`${service.id} ${serviceText(device, service)} ${service.release}`, words));
  const height = width < NARROW ? NARROW_ROW : ROW;
  return (
    <section class="panel services" aria-labelledby="services" ref={frame}>
      <div class="row">
        <h2 id="services">{plural(all.length, 'service')}</h2>
        {all.length >= FILTER_FROM && (
          <>
            <input type="search" aria-label="filter services" placeholder="name, state, release" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
            <span class="soft" role="status">
              {words.length > 0 && `${count(shown.length)} of ${count(all.length)}`}
            </span>
          </>
        )}
      </div>
      {device.birth?.announcedServices !== undefined && device.birth.announcedServices > all.length && (
        <p class="soft">
          The device has {plural(device.birth.announcedServices, 'service')}; {fleet.completeness().isReading ? 'the others are being read' : 'the broker did not send the others'}.
        </p>
      )}
      {all.length === 0 && <p class="soft">No service is installed.</p>}
      {shown.length > 0 && (
        <div class="rows" style={{ height: `min(${shown.length * height}px, 36rem)` }}>
          <VirtualList
            label="services"
            items={shown}
            keyOf={(service) => service.id}
            rowHeight={height}
            draw={(service) => <ServiceRow device={device} service={service} read={read} />}
          />
        </div>
      )}
    </section>
  );
}

interface RowProps {
  readonly device: Device;
  readonly service: Service;
  readonly read: ReadJournal;
}

function ServiceRow({ device, service, read }: RowProps): JSX.Element {
  const commands = useCommands(device.id, service.id);
  return (
    <div class="svc-row">
      <div>
        <a href={href('device', device.id, service.id)}>{service.id}</a>
        <ServiceBadge device={device} service={service} />
      </div>
      <div class="soft" title={whyText(service)}>
        {whyText(service)}
        <br />
        {moreText(service)}
      </div>
      <DayBars read={read} service={service} />
      <div class="quick">
        <CommandButton why={commands.obstacle || startObstacle(service)} label={`start ${service.id}`} onClick={() => commands.give('start')}>
          ▶︎
        </CommandButton>
        <CommandButton why={commands.obstacle || stopObstacle(service)} label={`stop ${service.id}`} onClick={() => commands.give('stop', {}, { question: stopQuestion(service) })}>
          ■
        </CommandButton>
        <CommandButton why={commands.obstacle} label={`restart ${service.id}`} onClick={() => commands.give('restart', {}, { question: restartQuestion(service) })}>
          ↻
        </CommandButton>
      </div>
    </div>
  );
}

/** `3 min · 12 restarts · 1.2-87e830b8 · deploy 40 % · held`. */
function moreText({ since, restarts, release, deploy, holds }: Service): string {
  const parts = [ago(since)];
  if (restarts > 0) parts.push(plural(restarts, 'restart'));
  if (deploy !== undefined && !isOver(deploy.state)) {
    parts.push(`${deploy.release} ${deploy.state}${deploy.percent === undefined ? '' : `, ${Math.floor(deploy.percent)} %`}`);
  } else if (release !== '') {
    parts.push(release);
  }
  if (holds.length > 0) parts.push('held');
  return joined(parts, ' · ');
}
