import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { contents, download, fileName } from './download';
import { HitList } from './HitList';
import { Lines } from './Lines';
import { LiveFeed } from './live';
import { PlaceFeed, type Target } from './place';
import type { Gap, More, Shown } from './rows';
import { Matcher, find } from './search';
import { loadSettings, saveSettings, streamsOf, type Settings } from './settings';
import { FeedStatus, Problems } from './Status';
import { Toolbar } from './Toolbar';
import { useApp, useFleet } from '../../ui/app';
import { count } from '../../ui/format';

/** A frame must have time for drawing, too. */
const SEARCH_LIMIT_MS = 8;

interface Props {
  readonly device: string;
  readonly service: string;
}

/** The output of a service: as it comes, of the past, and searched. Takes the height that is left. */
export function Output({ device, service }: Props): JSX.Element {
  const app = useApp();
  const [, draw] = useState(0);
  const [live, setLive] = useState<LiveFeed | undefined>(undefined);
  const [place, setPlace] = useState<PlaceFeed | undefined>(undefined);
  const [settings, setSettings] = useState(loadSettings);
  const [isFollowing, setFollowing] = useState(true);
  const [reveal, setReveal] = useState<{ row: Shown } | undefined>(undefined);
  const [isSearching, setSearching] = useState(false);
  const paused = useRef<readonly Shown[] | undefined>(undefined);
  const shownPlace = useRef<PlaceFeed | undefined>(undefined);
  const places = useRef(0);
  const held = useRef<readonly Shown[] | undefined>(undefined);
  const seen = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  const redraw = useCallback(() => draw((times) => times + 1), []);
  const source = useMemo(() => ({ app, device, service }), [app, device, service]);

  useEffect(() => {
    const feed = new LiveFeed(source, redraw);
    setLive(feed);
    return () => feed.close();
  }, [source]);
  useEffect(() => () => place?.close(), [place]);
  useEffect(() => saveSettings(settings), [settings]);

  const isOnline = useFleet().device(device)?.isOnline;
  useEffect(() => {
    if (isOnline === true) live?.catchUp();
  }, [isOnline]);

  const feed = place ?? live;
  const streams = streamsOf(settings);
  const matcher = useMemo(() => Matcher.of({ text: settings.query, isRegex: settings.isRegex }), [settings.query, settings.isRegex]);
  const usable = matcher instanceof Matcher ? matcher : undefined;
  const appended = streams.reduce((sum, stream) => sum + (live?.transcript[stream].appended ?? 0), 0);
  const isAtEnd = place === undefined && isFollowing && paused.current === undefined;
  if (isAtEnd) seen.current = appended;
  const fresh = Math.max(0, appended - seen.current);

  // Where lines come so fast that those in view would soon be dropped, what somebody reads stays as it is.
  const isHeld = place === undefined && !isFollowing && live?.transcript.isCrowded === true;
  const listed = isHeld && held.current !== undefined ? held.current : (feed?.transcript.list(streams, place === undefined) ?? []);
  held.current = isHeld ? listed : undefined;
  const all = (place === undefined ? paused.current : undefined) ?? listed;
  const found = find(all, usable, settings.isFilter, SEARCH_LIMIT_MS);
  const { rows, hits } = found;
  useEffect(() => {
    if (!found.isComplete) requestAnimationFrame(redraw);
  });

  const current = hits.findIndex((index) => sameRow(rows[index], reveal?.row));

  const change = (changes: Partial<Settings>): void => {
    if (changes.shows !== undefined) paused.current = held.current = undefined;
    // Around a line of which nobody knows the time, there is its stream only.
    if (changes.shows !== undefined && place?.target.kind === 'offset' && place.target.at === undefined) goLive();
    setSettings((before) => ({ ...before, ...changes }));
  };
  const step = (by: 1 | -1): void => {
    // Begins with the newest hit, which is what somebody is looking at.
    const next = current < 0 ? hits.length - 1 : (current + by + hits.length) % hits.length;
    const row = rows[hits[next] ?? -1];
    if (row === undefined) return;
    setFollowing(false);
    setReveal({ row });
  };
  const goTo = (target: Target): void => {
    setFollowing(false);
    setSearching(false);
    setReveal(undefined);
    // The lines around a hit are no hits.
    if (target.kind === 'offset') change({ isFilter: false });
    places.current++;
    setPlace(new PlaceFeed(source, redraw, target));
  };
  const goLive = (): void => {
    paused.current = undefined;
    setPlace(undefined);
    setReveal(undefined);
    setFollowing(true);
  };
  const load = (row: Gap | More): void => {
    if (row.kind === 'gap') feed?.fill(row);
    else if (row.kind === 'newer') place?.newer(row.stream);
    else if (place === undefined && live?.transcript.isCrowded) goTo({ kind: 'offset', stream: row.stream, offset: row.offset, at: row.order > 0 ? row.order : undefined });
    else feed?.older(row.stream);
  };
  const atEdge = (edge: 'older' | 'newer'): void => {
    const marks = rows.filter((row): row is More => row.kind === edge);
    const next = edge === 'older' ? marks[marks.length - 1] : marks[0];
    if (next !== undefined && !settings.isFilter) load(next);
  };

  // A place is shown as soon as it is known where it begins.
  const begin = place === undefined ? undefined : rows.find((row) => row.kind === 'line' && place.begins.get(row.stream) === row.offset);
  useEffect(() => {
    if (begin === undefined || place === shownPlace.current || place?.isLoading === true) return;
    shownPlace.current = place;
    setReveal({ row: begin });
  });

  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    input.current?.focus();
  };

  return (
    <section class="output panel" aria-label={`Output of ${device}/${service}`} onKeyDown={keyed}>
      <Toolbar
        settings={settings}
        onChange={change}
        isPaused={paused.current !== undefined}
        isPast={place !== undefined}
        onPause={() => {
          paused.current = paused.current === undefined ? all : undefined;
          redraw();
        }}
        onClear={() => {
          paused.current = held.current = undefined;
          feed?.transcript.clear();
          redraw();
        }}
        onDownload={() => download(fileName(device, service, settings.shows === 'both' ? 'output' : settings.shows, new Date()), contents(rows))}
        onGoTo={(since) => goTo({ kind: 'time', since })}
        search={{
          input,
          problem: typeof matcher === 'string' ? matcher : '',
          hits: hits.length,
          position: current + 1,
          isComplete: found.isComplete,
          onStep: step,
          onDevice: () => setSearching(true),
        }}
      />
      {feed !== undefined && <Problems feed={feed} />}
      {isSearching ? (
        <HitList source={source} streams={streams} query={{ text: settings.query, isRegex: settings.isRegex }} onPlace={goTo} onClose={() => setSearching(false)} />
      ) : (
        <div class="screen">
          <Lines
            key={place === undefined ? 0 : places.current}
            label={`Output of ${device}/${service}`}
            rows={rows}
            matcher={usable}
            current={reveal?.row}
            reveal={reveal}
            isWrapped={settings.isWrapped}
            hasTimes={settings.hasTimes}
            isMixed={settings.shows === 'both'}
            isFollowing={place === undefined && isFollowing}
            onFollow={setFollowing}
            onLoad={load}
            onEdge={atEdge}
          />
          {rows.length === 0 && feed !== undefined && <Empty isLoading={feed.isLoading} isFiltered={settings.isFilter && all.length > 0} shows={settings.shows} />}
          {!isAtEnd && (
            <button type="button" class="to-end primary" onClick={goLive}>
              {place === undefined ? 'Jump to the end' : 'Back to live'}
              {fresh > 0 && ` (${count(fresh)} new)`}
            </button>
          )}
        </div>
      )}
      {feed !== undefined && <FeedStatus feed={feed} shown={rows.reduce((sum, row) => sum + (row.kind === 'line' ? 1 : 0), 0)} isPast={place !== undefined} isPaused={paused.current !== undefined} />}
    </section>
  );
}

const sameRow = (a: Shown | undefined, b: Shown | undefined): boolean => a !== undefined && b !== undefined && a.kind === b.kind && a.stream === b.stream && a.offset === b.offset;

function Empty({ isLoading, isFiltered, shows }: { readonly isLoading: boolean; readonly isFiltered: boolean; readonly shows: Settings['shows'] }): JSX.Element {
  const what = shows === 'both' ? 'output' : `output on ${shows}`;
  return (
    <p class="empty soft">
      {isFiltered ? 'No line matches the search.' : isLoading ? 'Loading…' : `No ${what} yet. It is shown here as soon as the service writes something.`}
    </p>
  );
}
