import type { JSX } from 'preact';
import { DeviceBadge } from '../../ui/Badge';
import { useFleet } from '../../ui/app';

/** One device: how it is, its services, its machine. */
export function DeviceView({ device: id }: { readonly device: string }): JSX.Element {
  const device = useFleet().device(id);
  return (
    <main>
      <h1>{id}</h1>
      {device === undefined ? <p>No such device.</p> : <DeviceBadge device={device} />}
    </main>
  );
}
