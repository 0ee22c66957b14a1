import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useApp } from '../ui/app';
import { useRoute } from '../ui/router';
import { DeviceView } from './device/DeviceView';
import { EventsView } from './events/EventsView';
import { FleetView } from './fleet/FleetView';
import { RolloutsView } from './rollouts/RolloutsView';
import { ServiceView } from './service/ServiceView';

/** The view that the address names. */
export function Views(): JSX.Element {
  const { path } = useRoute();
  const { fleet } = useApp();
  const [place, first, second] = path;
  // An address may name what is no level of a topic; a filter of it would end the connection.
  const shown = place === 'device' && first !== undefined && !/[+#\0]/.test(first) ? first : undefined;
  useEffect(() => (shown === undefined ? undefined : fleet.watch(shown)), [fleet, shown]);
  if (place === 'device' && first !== undefined && second !== undefined) {
    return <ServiceView key={`${first}/${second}`} device={first} service={second} />;
  }
  if (place === 'device' && first !== undefined) return <DeviceView key={first} device={first} />;
  if (place === 'events') return <EventsView />;
  if (place === 'rollouts') return <RolloutsView {...(first !== undefined && second !== undefined ? { group: first, name: second } : {})} />;
  return <FleetView />;
}
