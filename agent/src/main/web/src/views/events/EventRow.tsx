import type { JSX } from 'preact';
import { title, type FleetEvent } from '../../fleet/events';
import { Mark } from '../../ui/Badge';
import { moment } from '../../common/format';
import { href } from '../../ui/router';

/** One event; it leads to where it happened. */
export function EventRow({ event }: { readonly event: FleetEvent }): JSX.Element {
  const place = event.service === '' ? [event.device] : [event.device, event.service];
  return (
    <a class="service-row event" href={href('device', ...place)} title={event.text}>
      <span class="soft mono">{moment(event.at)}</span>
      <span>
        <Mark level={event.level} /> <strong>{place.join('/')}</strong>
      </span>
      <span>
        {title(event)} {event.text}
      </span>
    </a>
  );
}
