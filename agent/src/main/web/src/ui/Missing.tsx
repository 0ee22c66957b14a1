import type { JSX } from 'preact';
import { useFleet } from './app';

/** In the place of what an address names and the broker does not have, at least not yet. */
export function Missing({ what }: { readonly what: string }): JSX.Element {
  const isReading = useFleet().completeness().isReading;
  return <p>{isReading ? 'Reading the fleet…' : `The broker knows no ${what} of this name.`}</p>;
}
