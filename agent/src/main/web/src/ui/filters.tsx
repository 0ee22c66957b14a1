import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { setQuery, useRoute } from './router';

/** What narrows a list; it is kept in the page's address. */

/** Words to look for. `/` goes there. */
export function SearchBox({ what }: { readonly what: string }): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || (event.target as Element).matches('input, textarea, select')) return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <input
      ref={box}
      type="search"
      aria-label="filter by text"
      placeholder={`Filter ( / ): ${what}`}
      value={useRoute().query.get('q') ?? ''}
      onInput={(event) => setQuery('q', event.currentTarget.value)}
    />
  );
}

interface SwitchProps {
  /** The key of the address. */
  readonly name: string;
  /** What it has while the button is pressed. */
  readonly value: string;
  readonly children: ComponentChildren;
}

export function Switch({ name, value, children }: SwitchProps): JSX.Element {
  const isOn = (useRoute().query.get(name) ?? '') === value;
  return (
    <button aria-pressed={isOn} onClick={() => setQuery(name, isOn ? '' : value)}>
      {children}
    </button>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly options: readonly string[];
}

export function Choice({ name, options }: ChoiceProps): JSX.Element {
  const value = useRoute().query.get(name) ?? '';
  // The value may come from an address that somebody has kept.
  const shown = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <select aria-label={name} value={value} onChange={(event) => setQuery(name, event.currentTarget.value)}>
      <option value="">all {name}s</option>
      {shown.map((option) => (
        <option key={option} value={option}>
          {option.slice(0, 64)}
        </option>
      ))}
    </select>
  );
}
