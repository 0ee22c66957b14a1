import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Fleet } from '../../fleet/fleet';
import { choices, readSelection, selectDevices, selectServices } from '../../fleet/selection';
import type { Device, Level } from '../../fleet/model';
import { useFleet, useTick } from '../../ui/app';
import { count, plural } from '../../common/format';
import { Choice, SearchBox, Switch } from '../../ui/filters';
import { useRoute } from '../../ui/router';
import { VirtualList } from '../../ui/VirtualList';
import { Mark } from '../../ui/Badge';
import { DeviceTile } from './DeviceTile';
import { ServiceRow } from './ServiceRow';

/** The whole fleet: its devices or its services, as many as are to be seen. */
export function FleetView(): JSX.Element {
  const fleet = useFleet();
  const { query } = useRoute();
  useTick(10_000); // what shows how long ago something was
  const isServices = query.get('show') === 'services';
  const selection = readSelection(query);
  const all = fleet.list();
  const services = isServices ? selectServices(all, selection) : undefined;
  const found = services ?? selectDevices(all, selection);
  return (
    <main class="fleet">
      <h1 class="visually-hidden">Fleet</h1>
      <Filters fleet={fleet} isServices={isServices} counts={found.counts} />
      <p class="help" role="status">
        <Came fleet={fleet} shown={found.shown.length} isServices={isServices} />
      </p>
      {fleet.problem !== '' && <p class="help problem">The fleet could not be read: {fleet.problem}.</p>}
      {all.length === 0 && !fleet.completeness().isReading ? (
        <Nothing />
      ) : services !== undefined ? (
        <VirtualList
          label="services"
          items={services.shown}
          keyOf={(each) => `${each.device.id}/${each.service.id}`}
          rowHeight={46}
          draw={(each) => <ServiceRow {...each} />}
        />
      ) : (
        <VirtualList
          label="devices"
          items={found.shown as readonly Device[]}
          keyOf={(device) => device.id}
          rowHeight={104}
          columnWidth={250}
          draw={(device) => <DeviceTile device={device} />}
        />
      )}
    </main>
  );
}

/** How much is shown of what there is, and how much of that has come. */
function Came({ fleet, shown, isServices }: { readonly fleet: Fleet; readonly shown: number; readonly isServices: boolean }): JSX.Element {
  const came = fleet.completeness();
  const total = isServices ? came.services : came.devices;
  const missing = came.announced - came.services;
  return (
    <>
      {shown === total ? '' : `${count(shown)} of `}
      {plural(total, isServices ? 'service' : 'device')}
      {isServices ? `, on ${plural(came.devices, 'device')}` : `, ${plural(came.services, 'service')}`}
      {came.isReading ? '; waiting for what the broker has…' : missing > 0 && `; ${plural(missing, 'service')} did not come`}
      {came.mayMissDevices && '; there may be more (Mosquitto: max_queued_messages)'}
      {fleet.ignored > 0 && `; ${plural(fleet.ignored, 'message')} that are not Efka's`}
    </>
  );
}

function Nothing(): JSX.Element {
  return (
    <div class="panel">
      <p>The broker has no device.</p>
      <p class="soft">
        Start an agent, or choose another broker or prefix at the top right.
      </p>
    </div>
  );
}

const CHIPS: readonly [level: Level, devices: string, services?: string][] = [
  ['bad', 'trouble'],
  ['unknown', 'lost', 'unknown'],
  ['busy', 'changing'],
  ['good', 'well', 'running'],
  ['idle', 'shut down', 'not running'],
];

interface FiltersProps {
  readonly fleet: Fleet;
  readonly isServices: boolean;
  readonly counts: Record<Level, number>;
}

/** New groups and releases are rare; looking for them in every frame costs more than drawing it. */
const CHOICES_MS = 1_000;

function Filters({ fleet, isServices, counts }: FiltersProps): JSX.Element {
  const { groups, releases } = useMemo(() => choices(fleet.list()), [fleet, Math.floor(Date.now() / CHOICES_MS)]);
  return (
    <div class="row filters">
      <div class="row" role="group" aria-label="what to show">
        <Switch name="show" value="">
          Devices
        </Switch>
        <Switch name="show" value="services">
          Services
        </Switch>
      </div>
      <SearchBox what="name, host, release" />
      <Choice name="group" options={groups} />
      <Choice name="release" options={releases} />
      <Switch name="order" value="trouble">
        Trouble first
      </Switch>
      <div class="row chips" role="group" aria-label="filter by state">
        {CHIPS.map(([level, devices, services = devices]) => (
          <Switch key={level} name="state" value={level}>
            <Mark level={level} /> {count(counts[level])} {isServices ? services : devices}
          </Switch>
        ))}
      </div>
    </div>
  );
}
