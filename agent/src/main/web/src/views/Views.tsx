import type { JSX } from 'preact';
import { useRoute } from '../ui/router';
import { DeviceView } from './device/DeviceView';
import { EventsView } from './events/EventsView';
import { FleetView } from './fleet/FleetView';
import { RolloutsView } from './rollouts/RolloutsView';
import { ServiceView } from './service/ServiceView';

/** The view that the address names. */
export function Views(): JSX.Element {
  const { path } = useRoute();
  const [place, first, second] = path;
  if (place === 'device' && first !== undefined && second !== undefined) {
    return <ServiceView key={`${first}/${second}`} device={first} service={second} />;
  }
  if (place === 'device' && first !== undefined) return <DeviceView key={first} device={first} />;
  if (place === 'events') return <EventsView />;
  if (place === 'rollouts') return <RolloutsView {...(first !== undefined && second !== undefined ? { group: first, name: second } : {})} />;
  return <FleetView />;
}
