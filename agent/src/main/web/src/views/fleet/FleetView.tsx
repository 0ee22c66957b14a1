import type { JSX } from 'preact';
import { useFleet } from '../../ui/app';

export function FleetView(): JSX.Element {
  const fleet = useFleet();
  return <main>{fleet.list().length}</main>;
}
