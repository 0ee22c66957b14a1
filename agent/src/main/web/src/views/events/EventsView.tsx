import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { EventFeed } from './EventFeed';
import { hasWords, wordsOf } from '../../fleet/selection';
import { useApp, useChanges } from '../../ui/app';
import { count, plural } from '../../ui/format';
import { setQuery, useRoute } from '../../ui/router';
import { VirtualList } from '../../ui/VirtualList';
import { EventRow } from './EventRow';

/** What happens anywhere in the fleet, as it happens. Devices keep their own journals; this begins when it is opened. */
export function EventsView(): JSX.Element {
  const app = useApp();
  const feed = useMemo(() => new EventFeed(), []);
  const { query } = useRoute();
  const [isPaused, setPaused] = useState(false);

  useEffect(() => {
    const hear = feed.listener(app.topics);
    const all = [app.topics.of('+', 'event'), app.topics.of('+', 'svc', '+', 'event')].map((filter) =>
      app.link.subscribe(filter, hear, { qos: 0, retained: 'none' }),
    );
    return () => all.forEach((subscription) => subscription.close());
  }, [app, feed]);
  useChanges((changed) => feed.onChange(changed), [feed]);

  const words = wordsOf(query.get('q') ?? '');
  const isTrouble = query.get('state') === 'bad';
  const shown = feed.shown((each) => {
    const { event } = each;
    if (isTrouble && event.level !== 'bad') return false;
    return hasWords(`${event.device}/${event.service} ${event.name} ${event.text}`, words);
  });
  const pause = (): void => {
    setPaused(!isPaused);
    feed.pause(!isPaused);
  };

  return (
    <main class="fleet">
      <h1 class="visually-hidden">Events</h1>
      <div class="filters">
        <input
          type="search"
          aria-label="filter by text"
          placeholder="Filter: device, service, event …"
          value={query.get('q') ?? ''}
          onInput={(event) => setQuery('q', event.currentTarget.value)}
        />
        <button type="button" aria-pressed={isTrouble} onClick={() => setQuery('state', isTrouble ? '' : 'bad')}>
          Only trouble
        </button>
        <button type="button" aria-pressed={isPaused} onClick={pause}>
          {isPaused ? `Go on (${count(feed.waiting)} new)` : 'Pause'}
        </button>
        <button type="button" onClick={() => feed.clear()}>
          Clear
        </button>
      </div>
      <p class="soft came" role="status">
        {feed.total === 0 ? 'Waiting for events.' : `${plural(shown.length, 'event')}`}
        {feed.dropped > 0 && `; ${plural(feed.dropped, 'older one')} not kept`}
      </p>
      <VirtualList label="events, the newest first" items={shown} keyOf={(each) => String(each.key)} rowHeight={40} draw={(each) => <EventRow event={each.event} />} />
    </main>
  );
}
