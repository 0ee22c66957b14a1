import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hasWords, wordsOf } from '../../fleet/selection';
import { useApp, useChanges } from '../../ui/app';
import { count, plural } from '../../common/format';
import { SearchBox, Switch } from '../../ui/filters';
import { useRoute } from '../../ui/router';
import { VirtualList } from '../../ui/VirtualList';
import { EventFeed } from './EventFeed';
import { EventRow } from './EventRow';

/** What happens anywhere in the fleet, as it happens. Devices keep their own journals; this begins when it is opened. */
export function EventsView(): JSX.Element {
  const { link, topics } = useApp();
  const feed = useMemo(() => new EventFeed(topics), [topics]);
  const { query } = useRoute();
  useChanges(
    (changed) => {
      feed.changed = changed;
      const filters = [topics.of('+', 'event'), topics.of('+', 'svc', '+', 'event')];
      return link.subscribeAll(filters, feed.take, { qos: 0, retained: 'none' }).close;
    },
    [feed],
  );

  const words = wordsOf(query.get('q') ?? '');
  const isTrouble = query.get('state') === 'bad';
  const shown = feed.shown(
    ({ device, service, level, name, text }) => (!isTrouble || level === 'bad') && hasWords(`${device}/${service} ${name} ${text}`, words),
  );

  return (
    <main class="fleet">
      <h1 class="visually-hidden">Events</h1>
      <div class="row filters">
        <SearchBox what="device, service, event" />
        <Switch name="state" value="bad">
          Only trouble
        </Switch>
        <button aria-pressed={feed.isPaused} onClick={feed.pause}>
          {feed.isPaused ? `Go on (${count(feed.waiting)} new)` : 'Pause'}
        </button>
        <button onClick={feed.clear}>Clear</button>
      </div>
      <p class="help" role="status">
        {feed.total === 0 ? 'Waiting for events.' : plural(shown.length, 'event')}
        {feed.dropped > 0 && `; ${plural(feed.dropped, 'older one')} not kept`}
      </p>
      <VirtualList
        label="events, the newest first"
        items={shown}
        keyOf={({ key }) => String(key)}
        rowHeight={40}
        draw={(event) => <EventRow event={event} />}
      />
    </main>
  );
}
