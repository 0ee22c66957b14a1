import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Json } from '../fleet/json';
import { isName } from '../fleet/topics';
import { LONG_LIMIT_MS, type Reply } from '../link/requests';
import { useAct } from './actions';
import { problemText } from './format';
import { useApp, useFleet } from './app';

/** Commands to a device, or to one of its services. */
export interface Commands {
  /** Why none can be given now; empty if they can. */
  readonly obstacle: string;
  readonly ask: (command: string, args?: Json) => Promise<Reply>;
  /** Gives a command that somebody has chosen: asks first where there is a question, and shows the reply. */
  readonly give: (command: string, args?: Json, options?: { readonly question?: string; readonly typed?: string; readonly words?: string }) => void;
}

export function useCommands(device: string, service?: string): Commands {
  const { link, requests } = useApp();
  const known = useFleet().device(device);
  const act = useAct();
  const isLegal = isName(device) && (service === undefined || isName(service));
  const obstacle = !isLegal
    ? 'Its name is not of 1 to 64 of A-Z a-z 0-9 . _ -'
    : link.state.kind !== 'online'
      ? 'No connection to the broker'
      : known?.isOnline !== true
        ? 'The device is away'
        : '';
  return useMemo(() => {
    const send = (command: string, args: Json = {}, limitMs?: number): Promise<Reply> => {
      if (obstacle !== '') return Promise.reject(new Error(obstacle));
      return requests.send(device, service, command, args, limitMs);
    };
    return {
      obstacle,
      ask: send,
      // A process may take its time to start or to end, and a release to prove itself.
      give: (command, args, { words = command, ...question } = {}) =>
        act({ title: `${words} ${service === undefined ? device : `${device}/${service}`}`, ...question, run: () => send(command, args, LONG_LIMIT_MS) }),
    };
  }, [requests, act, device, service, obstacle]);
}

interface ButtonProps {
  readonly children: JSX.Element | string;
  /** Why it cannot be done; empty if it can. */
  readonly why: string;
  readonly onClick: () => void;
  readonly class?: string;
  /** What it does, where the button itself has a sign only. */
  readonly label?: string;
}

/** A button that says why it cannot be used. */
export function CommandButton({ children, why, onClick, class: name = '', label }: ButtonProps): JSX.Element {
  return (
    <button type="button" class={name} disabled={why !== ''} title={why === '' ? (label ?? '') : why} onClick={onClick} {...(label === undefined ? {} : { 'aria-label': label })}>
      {children}
    </button>
  );
}

export interface Answer {
  readonly fields?: Json;
  readonly problem?: string;
  readonly again: () => void;
}

/** Asks when it is first drawn, whenever an input changes, and again when it is told to. */
export function useAnswer(ask: () => Promise<Reply>, inputs: readonly unknown[]): Answer {
  const [times, setTimes] = useState(0);
  const [answer, setAnswer] = useState<Omit<Answer, 'again'>>({});
  useEffect(() => {
    let isOver = false;
    const show = (found: Omit<Answer, 'again'>): void => {
      if (!isOver) setAnswer(found);
    };
    ask().then(
      ({ isOk, code, message, fields }) => show(isOk ? { fields } : { problem: `${code}: ${message}` }),
      (error: unknown) => show({ problem: problemText(error) }),
    );
    return () => {
      isOver = true;
    };
  }, [times, ...inputs]);
  return { ...answer, again: () => setTimes(times + 1) };
}

/** That it is still asked for, or what went wrong. */
export function AnswerState({ answer: { fields, problem } }: { readonly answer: Answer }): JSX.Element | null {
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  return fields === undefined ? <p class="soft">Asking the device…</p> : null;
}
