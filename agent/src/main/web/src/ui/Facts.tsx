import type { JSX } from 'preact';
import { Mark } from './Badge';

/** What has no value is left out. */
export type Fact = readonly [name: string, value: string | number | undefined, isBad?: boolean];

export function Facts({ facts, isInline = false }: { readonly facts: readonly Fact[]; readonly isInline?: boolean }): JSX.Element {
  return (
    <dl class={isInline ? 'facts inline' : 'facts'}>
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value, isBad = false]) => (
          <div key={name + value}>
            <dt>{name}</dt>
            <dd class={isBad ? 'problem' : ''}>
              {isBad && <Mark level="bad" />} {value}
            </dd>
          </div>
        ))}
    </dl>
  );
}
