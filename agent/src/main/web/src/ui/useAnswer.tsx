import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Json } from '../fleet/json';
import { problemText } from '../common/format';

interface Found {
  readonly fields?: Json;
  readonly problem?: string;
}

export interface Answer extends Found {
  readonly again: () => void;
}

/** Asks, if there is something to ask, when it is first drawn, whenever an input changes, and again when it is told to. */
export function useAnswer(ask: (() => Promise<Json>) | undefined, inputs: readonly unknown[]): Answer {
  const [times, setTimes] = useState(0);
  const [found, setFound] = useState<Found>({});
  useEffect(() => {
    let show = setFound;
    ask?.().then(
      (fields) => show({ fields }),
      (error: unknown) => show({ problem: problemText(error) }),
    );
    return () => {
      show = () => undefined;
    };
  }, [times, ...inputs]);
  return { ...found, again: () => setTimes(times + 1) };
}

/** That it is still asked for, or what went wrong. */
export function AnswerState({ answer: { fields, problem } }: { readonly answer: Answer }): JSX.Element | null {
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  return fields === undefined ? <p class="soft">Asking the device…</p> : null;
}
