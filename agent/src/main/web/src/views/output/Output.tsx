import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { contents, download, fileName } from './download';
import { HitList } from './HitList';
import { Lines } from './Lines';
import { Feed, targetOf, type Target } from './feed';
import { LiveFeed } from './live';
import { isLine, isSame, type Gap, type More, type Shown } from './rows';
import { Matcher, find } from './search';
import { loadSettings, saveSettings, streamsOf, type Settings } from './settings';
import { FeedStatus, Problems } from './Status';
import { Toolbar, hitsText } from './Toolbar';
import { useApp, useFleet, useRedraw } from '../../ui/app';
import { count } from '../../common/format';

/** A frame must have time for drawing, too. */
const SEARCH_LIMIT_MS = 8;

interface Props {
  readonly device: string;
  readonly service: string;
}

/** The output of a service: as it comes, of the past, and searched. Takes the height that is left. */
export function Output({ device, service }: Props): JSX.Element {
  const app = useApp();
  const redraw = useRedraw();
  const [live, setLive] = useState<LiveFeed | undefined>(undefined);
  const [place, setPlace] = useState<Feed | undefined>(undefined);
  const [settings, setSettings] = useState(loadSettings);
  const [isFollowing, setFollowing] = useState(true);
  const [reveal, setReveal] = useState<{ row: Shown } | undefined>(undefined);
  const [isSearching, setSearching] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const shownPlace = useRef<Feed | undefined>(undefined);
  /** What stays in view while more comes. */
  const still = useRef<readonly Shown[] | undefined>(undefined);
  const seen = useRef(0);
  const input = useRef<HTMLInputElement>(null);
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
  const isListing = isSearching && place === undefined;
  const streams = streamsOf(settings);
  const { matcher, problem } = useMemo(() => Matcher.of(settings), [settings.query, settings.isRegex]);
  const appended = streams.reduce((sum, stream) => sum + (live?.transcript[stream].appended ?? 0), 0);
  const isAtEnd = place === undefined && isFollowing && !isPaused;
  if (isAtEnd) seen.current = appended;
  const fresh = Math.max(0, appended - seen.current);

  // Where lines come so fast that those in view would soon be dropped, what somebody reads stays as it is.
  const isStill = place === undefined && (isPaused || (!isFollowing && live?.transcript.isCrowded === true));
  const all = (isStill ? still.current : undefined) ?? feed?.transcript.list(streams, place === undefined) ?? [];
  still.current = isStill ? all : undefined;
  const found = find(all, matcher, settings.isFilter, SEARCH_LIMIT_MS);
  const { rows, hits } = found;
  useEffect(() => {
    if (!found.isComplete) requestAnimationFrame(redraw);
  });

  const current = reveal === undefined ? -1 : hits.findIndex((index) => isSame(rows[index] as Shown, reveal.row));

  const change = (changes: Partial<Settings>): void => {
    if (changes.shows !== undefined) still.current = undefined;
    // Around a line of which nobody knows the time, there is its stream only.
    if (changes.shows !== undefined && place !== undefined && place.target?.since === undefined) goLive();
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
    setPaused(false);
    // The lines around a hit are no hits.
    if (target.line === undefined) setSearching(false);
    else change({ isFilter: false });
    setReveal(undefined);
    setPlace(new Feed(source, redraw, target));
  };
  const goLive = (): void => {
    setPaused(false);
    setPlace(undefined);
    setReveal(undefined);
    setFollowing(true);
  };
  const load = (row: Gap | More): void => {
    if (row.kind === 'gap') feed?.fill(row);
    else if (row.kind === 'newer') place?.newer(row.stream);
    else if (place === undefined && live?.transcript.isCrowded) goTo(targetOf(row, row.offset));
    else feed?.older(row.stream);
  };
  const atEdge = (edge: 'older' | 'newer'): void => {
    // The one that is nearest to what somebody reads.
    const next = (edge === 'older' ? [...rows].reverse() : rows).find((row): row is More => row.kind === edge);
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
        isPaused={isPaused}
        isPast={place !== undefined}
        onPause={() => setPaused(!isPaused)}
        onClear={() => {
          still.current = undefined;
          feed?.transcript.clear();
          redraw();
        }}
        onDownload={() => download(fileName(device, service, settings.shows === 'both' ? 'output' : settings.shows, new Date()), contents(rows))}
        onGoTo={(since) => goTo({ since })}
        input={input}
        problem={problem}
        hits={hitsText(current + 1, hits.length, found.isComplete)}
        onStep={step}
        onDevice={() => {
          setPlace(undefined);
          setSearching(true);
        }}
      />
      {feed !== undefined && <Problems feed={feed} />}
      {/* Stays as it is while somebody looks at the lines around a hit. */}
      {isSearching && <HitList source={source} streams={streams} query={settings} isHidden={!isListing} onPlace={goTo} onClose={() => setSearching(false)} />}
      {!isListing && (
        <div class="screen">
          <Lines
            key={place}
            label={`Output of ${device}/${service}`}
            rows={rows}
            matcher={matcher}
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
            <button class="to-end primary" onClick={goLive}>
              {isSearching ? 'Back to the hits' : place === undefined ? 'Jump to the end' : 'Back to live'}
              {fresh > 0 && ` (${count(fresh)} new)`}
            </button>
          )}
        </div>
      )}
      {feed !== undefined && <FeedStatus feed={feed} shown={rows.filter(isLine).length} isPast={place !== undefined} isPaused={isPaused} />}
    </section>
  );
}

function Empty({ isLoading, isFiltered, shows }: { readonly isLoading: boolean; readonly isFiltered: boolean; readonly shows: Settings['shows'] }): JSX.Element {
  const what = shows === 'both' ? 'output' : `output on ${shows}`;
  return (
    <p class="empty soft">
      {isFiltered ? 'No line matches the search.' : isLoading ? 'Loading…' : `No ${what} yet. It is shown here as soon as the service writes something.`}
    </p>
  );
}
