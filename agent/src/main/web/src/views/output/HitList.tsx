import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { DeviceSearch, keyOfHit, type Hit } from './device-search';
import { targetOf, type Source, type Target } from './feed';
import { Line } from './Line';
import type { Stream } from './rows';
import { Matcher, type Query } from './search';
import { Trouble } from './Status';
import { useRedraw } from '../../ui/app';
import { plural, problemText } from '../../common/format';

interface Props {
  readonly source: Source;
  readonly streams: readonly Stream[];
  readonly query: Query;
  readonly isHidden: boolean;
  readonly onPlace: (target: Target) => void;
  readonly onClose: () => void;
}

/** Empty is all that the device has kept. */
const PERIODS = ['', '1h', '24h', '168h'];

const nothing = (): void => undefined;

/** What a search on the device has found, each with a way to the lines around it. */
export function HitList({ source, streams, query, isHidden, onPlace, onClose }: Props): JSX.Element {
  const redraw = useRedraw();
  const [period, setPeriod] = useState('');
  const [search, setSearch] = useState<DeviceSearch | undefined>(undefined);
  const [problem, setProblem] = useState('');
  const begin = (): void => {
    setProblem('');
    setSearch(new DeviceSearch(source, streams, query, period, redraw));
  };
  useEffect(begin, [period, streams.length, streams[0]]);

  const matcher = useMemo(() => search && Matcher.of(search.query).matcher, [search]);
  // What is searched backwards is shown so, too: searching on goes on at the end of the list.
  const hits = period === '' ? [...(search?.hits ?? [])].reverse() : (search?.hits ?? []);
  const isOther = search?.query.query !== query.query || search.query.isRegex !== query.isRegex;

  const view = (hit: Hit): void => {
    search?.locate(hit).then(
      (offset) => onPlace(targetOf(hit.line, offset)),
      (error: unknown) => setProblem(problemText(error)),
    );
  };

  return (
    <div class="hits" hidden={isHidden}>
      <div class="row">
        <strong>On the device: “{search?.query.query}”</strong>
        <label>
          in{' '}
          <select value={period} onChange={(event) => setPeriod(event.currentTarget.value)}>
            {PERIODS.map((each) => (
              <option key={each} value={each}>
                {each === '' ? 'all that is kept' : `the last ${each}`}
              </option>
            ))}
          </select>
        </label>
        {isOther && (
          <button class="primary" disabled={query.query === ''} onClick={begin}>
            Search for “{query.query.slice(0, 40)}”
          </button>
        )}
        <button onClick={onClose}>
          Back to live
        </button>
      </div>
      {problem !== '' && <Trouble texts={[problem]} />}
      {search !== undefined && search.problem !== '' && <Trouble texts={[search.problem]} onRetry={() => void search.more()} />}
      <p class="soft" role="status">
        {search?.isSearching === true ? 'searching…' : `${plural(hits.length, 'line')}${search?.isFull === true ? ', no more are shown' : search?.hasMore === true ? ' so far' : ''}`}
      </p>
      <ul class="lines wrapped" tabIndex={0} aria-label="Lines that match">
        {hits.map((hit) => (
          <li key={keyOfHit(hit)}>
            <Line row={hit.line} matcher={matcher} isCurrent={false} hasTime={true} isMixed={streams.length > 1} isExpanded={false} onExpand={nothing} />
            <button onClick={() => view(hit)}>
              View in context
            </button>
          </li>
        ))}
      </ul>
      {search?.hasMore === true && (
        <button disabled={search.isSearching} onClick={() => void search.more()}>
          Search on
        </button>
      )}
    </div>
  );
}
