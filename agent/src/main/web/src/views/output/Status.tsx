import type { JSX } from 'preact';
import type { Feed } from './feed';
import { bytes, count, plural } from '../../ui/format';

/** What could not be read; what comes live goes on beside it. */
export function Problems({ feed }: { readonly feed: Feed }): JSX.Element | null {
  if (feed.problems.size === 0) return null;
  const texts = new Map([...feed.problems.values()].map((problem) => [problem.text, problem]));
  return (
    <div class="problems" role="alert">
      {[...texts.keys()].map((text) => (
        <span key={text}>Output could not be read from the device: {text}.</span>
      ))}
      <button type="button" disabled={feed.isLoading} onClick={() => [...feed.problems.values()].forEach((problem) => problem.retry())}>
        Try again
      </button>
    </div>
  );
}

interface Props {
  readonly feed: Feed;
  /** Lines in the list. */
  readonly shown: number;
  readonly isPast: boolean;
  readonly isPaused: boolean;
}

/** How much there is, and what is not there. */
export function FeedStatus({ feed, shown, isPast, isPaused }: Props): JSX.Element {
  const { rows, bytes: size, dropped } = feed.transcript;
  const parts = [
    isPast ? 'the past' : isPaused ? 'paused' : 'live',
    `${count(shown)} of ${plural(rows, 'line')} shown`,
    bytes(size),
    ...(dropped > 0 && !isPast ? [`${plural(dropped, 'older line')} left the page`] : []),
    ...(feed.isLoading ? ['loading…'] : []),
  ];
  return <p class="status soft">{parts.join(' · ')}</p>;
}
