import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Json } from '../fleet/json';
import { isName } from '../fleet/topics';
import { LONG_LIMIT_MS } from '../link/requests';
import { useAct } from './actions';
import type { Answers, Questions } from './FormDialog';
import { useApp, useFleet } from './app';

/** What a command takes, or how it comes from what was asked for. */
type Arguments = Json | ((answers: Answers) => Json);

/** Commands to a device, or to one of its services. */
export interface Commands {
  /** Why none can be given now; empty if they can. */
  readonly obstacle: string;
  readonly ask: (command: string, args?: Json) => Promise<Json>;
  /** Gives a command that somebody has chosen: asks first where there is a question, and shows the reply. */
  readonly give: (command: string, args?: Arguments, options?: Questions & { readonly words?: string }) => void;
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
    const place = service === undefined ? device : `${device}/${service}`;
    const send = (command: string, args: Json = {}, limitMs?: number): Promise<Json> => {
      if (obstacle !== '') return Promise.reject(new Error(obstacle));
      return requests.send(device, service, command, args, limitMs);
    };
    return {
      obstacle,
      ask: send,
      // A process may take its time to start or to end, and a release to prove itself.
      give: (command, args = {}, { words = command, ...form } = {}) =>
        act({
          ...form,
          title: `${words} ${place}`,
          run: (answers) => send(command, typeof args === 'function' ? args(answers) : args, LONG_LIMIT_MS),
        }),
    };
  }, [requests, act, device, service, obstacle]);
}

interface ButtonProps {
  readonly children: JSX.Element | string;
  /** Why it cannot be done; empty if it can. */
  readonly why: string;
  readonly onClick: () => void;
  /** What it does, where the button itself has a sign only. */
  readonly label?: string;
}

/** A button that says why it cannot be used. */
export function CommandButton({ children, why, onClick, label }: ButtonProps): JSX.Element {
  return (
    <button disabled={why !== ''} title={why || label} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}
