import type { JSX } from 'preact';

export function EventsView(): JSX.Element {
  return <main>Events</main>;
}
