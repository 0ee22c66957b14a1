import type { JSX } from 'preact';
import type { Feed } from './feed';
import { bytes, count, plural } from '../../common/format';

/** What could not be read; what comes live goes on beside it. */
export function Problems({ feed }: { readonly feed: Feed }): JSX.Element | null {
  const problems = [...feed.problems.values()];
  if (problems.length === 0) return null;
  const texts = problems.map(({ text }) => `Output could not be read from the device: ${text}.`);
  return <Trouble texts={[...new Set(texts)]} isBusy={feed.isLoading} onRetry={() => problems.forEach((problem) => problem.retry())} />;
}

interface TroubleProps {
  readonly texts: readonly string[];
  readonly isBusy?: boolean;
  readonly onRetry?: () => void;
}

export const Trouble = ({ texts, isBusy, onRetry }: TroubleProps): JSX.Element => (
  <div class="trouble" role="alert">
    {texts.join(' ')}
    {onRetry && (
      <button disabled={isBusy} onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);

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
  return <p class="help">{parts.join(' · ')}</p>;
}
