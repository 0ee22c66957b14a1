import type { JSX } from 'preact';
import { Mark } from './Badge';

/** One entry of a list of facts; nothing if there is no value. */
export function Fact({ name, value, isBad = false }: { readonly name: string; readonly value: string; readonly isBad?: boolean }): JSX.Element | null {
  if (value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad ? 'problem' : ''}>
        {isBad && <Mark level="bad" />} {value}
      </dd>
    </div>
  );
}
