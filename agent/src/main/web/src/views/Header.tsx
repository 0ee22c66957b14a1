import type { JSX } from 'preact';
import { Badge } from '../ui/Badge';
import { useApp, useTick } from '../ui/app';
import { href, useRoute } from '../ui/router';
import { useTheme } from '../ui/theme';
import type { LinkState } from '../link/link';
import type { Level } from '../fleet/model';

interface Props {
  readonly state: LinkState;
  readonly onEdit: () => void;
}

const PLACES: readonly [name: string, path: string, others: readonly string[]][] = [
  ['Fleet', '', ['device']],
  ['Events', 'events', []],
  ['Rollouts', 'rollouts', []],
];

/** Where one is, where one can go, and whether what is shown is true now. */
export function Header({ state, onEdit }: Props): JSX.Element {
  const { path } = useRoute();
  const [theme, nextTheme] = useTheme();
  const place = path[0] ?? '';
  return (
    <>
      <header>
        <a class="name" href={href()}>
          Efka
        </a>
        <nav aria-label="Views">
          {PLACES.map(([name, to, others]) => (
            <a key={to} href={href(...(to === '' ? [] : [to]))} aria-current={place === to || others.includes(place) ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <button type="button" class="quiet link-state" onClick={onEdit} aria-label={`connection: ${words(state)}. Change the broker`}>
          <Badge level={LEVEL[state.kind]} text={words(state)} />
        </button>
        <button type="button" class="quiet" onClick={nextTheme} aria-label={`theme: ${theme}. Change it`}>
          {theme === 'auto' ? '◐' : theme === 'light' ? '☀' : '☾'}
        </button>
      </header>
      {state.kind !== 'online' && <Trouble state={state} />}
    </>
  );
}

const LEVEL: Readonly<Record<LinkState['kind'], Level>> = {
  online: 'good',
  connecting: 'busy',
  waiting: 'bad',
  refused: 'bad',
  closed: 'idle',
};

function words(state: LinkState): string {
  return state.kind === 'online' ? 'connected' : state.kind === 'connecting' ? 'connecting' : 'no connection';
}

/** What is shown is old then, and must not be taken for the truth. */
function Trouble({ state }: { readonly state: LinkState }): JSX.Element | null {
  const { link } = useApp();
  useTick(1_000);
  if (state.kind !== 'waiting' && state.kind !== 'refused') return null;
  const wait = state.kind === 'waiting' ? Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000)) : 0;
  return (
    <div class="trouble" role="alert">
      <span>
        No connection to the broker, so what is shown may be old: {state.reason}
        {state.kind === 'waiting' && `. The next try is in ${wait} s.`}
      </span>
      {state.kind === 'waiting' && (
        <button type="button" onClick={link.retryNow}>
          Try now
        </button>
      )}
    </div>
  );
}
