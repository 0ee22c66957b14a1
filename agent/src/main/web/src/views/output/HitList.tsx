import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { DeviceSearch, keyOfHit, type Hit, type Period } from './device-search';
import type { Source } from './feed';
import { Line } from './Line';
import type { Target } from './place';
import type { Stream } from './rows';
import { Matcher, type Query } from './search';
import { plural } from '../../ui/format';

interface Props {
  readonly source: Source;
  readonly streams: readonly Stream[];
  readonly query: Query;
  readonly onPlace: (target: Target) => void;
  readonly onClose: () => void;
}

const PERIODS: readonly [period: Period, text: string][] = [
  ['', 'all that is kept'],
  ['1h', 'the last hour'],
  ['24h', 'the last day'],
  ['168h', 'the last 7 days'],
];

const nothing = (): void => undefined;

/** What a search on the device has found, each with a way to the lines around it. */
export function HitList({ source, streams, query, onPlace, onClose }: Props): JSX.Element {
  const [, draw] = useState(0);
  const [period, setPeriod] = useState<Period>('');
  const [search, setSearch] = useState<DeviceSearch | undefined>(undefined);
  const [problem, setProblem] = useState('');
  const redraw = useCallback(() => draw((times) => times + 1), []);
  const begin = (): void => {
    setProblem('');
    setSearch(new DeviceSearch(source, streams, query, period, redraw));
  };
  useEffect(begin, [period, streams.length, streams[0]]);

  const matcher = useMemo(() => (search === undefined ? undefined : Matcher.of(search.query)), [search]);
  // What is searched backwards is shown so, too: searching on goes on at the end of the list.
  const hits = period === '' ? [...(search?.hits ?? [])].reverse() : (search?.hits ?? []);
  const isOther = search !== undefined && (search.query.text !== query.text || search.query.isRegex !== query.isRegex);

  const view = (hit: Hit): void => {
    search?.locate(hit).then(
      (offset) => onPlace({ kind: 'offset', stream: hit.line.stream, offset, at: hit.line.at }),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };

  return (
    <div class="hits">
      <div class="row">
        <strong>
          On the device: {search?.query.isRegex === true ? 'matches of' : 'lines with'} “{search?.query.text}”
        </strong>
        <label>
          in{' '}
          <select value={period} onChange={(event) => setPeriod(PERIODS.find(([each]) => each === event.currentTarget.value)?.[0] ?? '')}>
            {PERIODS.map(([each, text]) => (
              <option key={each} value={each}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {isOther && (
          <button type="button" class="primary" disabled={query.text === ''} onClick={begin}>
            Search for “{query.text.slice(0, 40)}”
          </button>
        )}
        <button type="button" onClick={onClose}>
          Back to live
        </button>
      </div>
      {(search?.problem !== '' || problem !== '') && search !== undefined && (
        <div class="problems" role="alert">
          <span>{problem !== '' ? problem : search.problem}</span>
          {search.problem !== '' && (
            <button type="button" onClick={() => void search.more()}>
              Try again
            </button>
          )}
        </div>
      )}
      <p class="soft" role="status">
        {search?.isSearching === true ? 'searching…' : `${plural(hits.length, 'line')}${search?.isFull === true ? ', no more are shown' : search?.hasMore === true ? ' so far' : ''}`}
      </p>
      <ul class="lines wrapped" tabIndex={0} aria-label="Lines that match">
        {hits.map((hit) => (
          <li key={keyOfHit(hit)}>
            <Line row={hit.line} matcher={matcher instanceof Matcher ? matcher : undefined} isCurrent={false} hasTime={true} isMixed={streams.length > 1} isExpanded={false} onExpand={nothing} />
            <button type="button" onClick={() => view(hit)}>
              View in context
            </button>
          </li>
        ))}
      </ul>
      {search?.hasMore === true && (
        <button type="button" disabled={search.isSearching} onClick={() => void search.more()}>
          Search on
        </button>
      )}
    </div>
  );
}
