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
    ? 'No command can go to a name like this: names have 1 to 64 of A-Z a-z 0-9 . _ -'
    : link.state.kind !== 'online'
      ? 'There is no connection to the broker'
      : known?.isOnline !== true
        ? 'The device is not there'
        : '';
  return useMemo(() => {
    const send = (command: string, args: Json = {}, limitMs?: number): Promise<Reply> => {
      if (!isLegal) return Promise.reject(new Error(obstacle));
      return service === undefined ? requests.device(device, command, args, limitMs) : requests.service(device, service, command, args, limitMs);
    };
    return {
      obstacle,
      ask: send,
      // A process may take its time to start or to end, and a release to prove itself.
      give: (command, args, { words = command, ...question } = {}) =>
        act({ title: `${words} ${service === undefined ? device : `${device}/${service}`}`, ...question, run: () => send(command, args, LONG_LIMIT_MS) }),
    };
  }, [requests, act, device, service, obstacle, isLegal]);
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
  readonly reply: Reply | undefined;
  readonly problem: string;
  readonly isWaiting: boolean;
  readonly again: () => void;
}

/** Asks when it is first drawn, whenever an input changes, and again when it is told to. */
export function useAnswer(ask: () => Promise<Reply>, inputs: readonly unknown[]): Answer {
  const [times, setTimes] = useState(0);
  const [answer, setAnswer] = useState<{ reply: Reply | undefined; problem: string; isWaiting: boolean }>({ reply: undefined, problem: '', isWaiting: true });
  useEffect(() => {
    let isOver = false;
    setAnswer((before) => ({ ...before, isWaiting: true }));
    ask().then(
      (reply) => {
        if (!isOver) setAnswer({ reply: reply.isOk ? reply : undefined, problem: reply.isOk ? '' : `${reply.code}: ${reply.message}`, isWaiting: false });
      },
      (error: unknown) => {
        if (!isOver) setAnswer({ reply: undefined, problem: problemText(error), isWaiting: false });
      },
    );
    return () => {
      isOver = true;
    };
  }, [times, ...inputs]);
  return { ...answer, again: () => setTimes((before) => before + 1) };
}

/** That it is still asked for, or what went wrong. */
export function AnswerState({ answer }: { readonly answer: Answer }): JSX.Element | null {
  if (answer.problem !== '') return <p class="problem">{answer.problem}</p>;
  return answer.reply === undefined ? <p class="soft">Asking the device…</p> : null;
}
