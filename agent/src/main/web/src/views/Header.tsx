import type { JSX } from 'preact';
import { Badge } from '../ui/Badge';
import { useApp } from '../ui/app';
import { href, useRoute } from '../ui/router';
import { useTheme } from '../ui/theme';
import type { LinkState } from '../link/link';
import type { Level } from '../fleet/model';

interface Props {
  readonly state: LinkState;
  readonly onEdit: () => void;
}

const PLACES = [
  ['Fleet', ''],
  ['Events', 'events'],
  ['Rollouts', 'rollouts'],
] as const;

const STATES: Readonly<Record<LinkState['kind'], readonly [level: Level, words: string]>> = {
  online: ['good', 'connected'],
  connecting: ['busy', 'connecting'],
  waiting: ['bad', 'no connection'],
  refused: ['bad', 'no connection'],
};

/** Where one is, where one can go, and whether what is shown is true now. */
export function Header({ state, onEdit }: Props): JSX.Element {
  const { path } = useRoute();
  const [theme, nextTheme] = useTheme();
  const { link } = useApp();
  const [level, words] = STATES[state.kind];
  const place = path[0] === 'device' ? '' : (path[0] ?? '');
  return (
    <>
      <header>
        <a class="name" href={href()}>
          Efka
        </a>
        <nav aria-label="Views">
          {PLACES.map(([name, to]) => (
            <a key={to} href={href(to)} aria-current={place === to ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <button class="quiet link-state" onClick={onEdit} aria-label={`connection: ${words}. Change the broker`}>
          <Badge level={level} text={words} />
        </button>
        <button class="quiet" onClick={nextTheme} aria-label={`theme: ${theme}. Change it`}>
          {theme === 'auto' ? '◐' : theme === 'light' ? '☀' : '☾'}
        </button>
      </header>
      {state.reason !== undefined && (
        <div class="row trouble" role="alert">
          <span>No connection to the broker, so what is shown may be old: {state.reason}</span>
          {state.kind === 'waiting' && <button onClick={link.retryNow}>Try now</button>}
        </div>
      )}
    </>
  );
}
