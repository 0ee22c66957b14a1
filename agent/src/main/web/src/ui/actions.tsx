import { createContext, type JSX } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { Dialog } from './Dialog';
import { problemText } from './format';
import type { Reply } from '../link/requests';

/** A command that a person gives, and what came of it. */
export interface Action {
  /** As in `restart gate7/camera`. */
  readonly title: string;
  /** What it does, for a question before it is done; left out where it hurts nobody. */
  readonly question?: string;
  /** What must be typed before it is done, for what cannot be undone. */
  readonly typed?: string;
  readonly run: () => Promise<Reply>;
}

interface Outcome {
  readonly key: number;
  readonly title: string;
  readonly kind: 'busy' | 'ok' | 'failed';
  readonly text: string;
}

/** Asks where needed, does it, and shows the reply. */
export type Act = (action: Action) => void;

const ActContext = createContext<Act>(() => undefined);

export const useAct = (): Act => useContext(ActContext);

/** Older ones are not shown any more. */
const MAX_OUTCOMES = 5;

/** What went well needs no second look, and covers what is below it. */
const PLAIN_MS = 15_000;

export function Actions({ children }: { readonly children: JSX.Element | JSX.Element[] }): JSX.Element {
  const [asked, setAsked] = useState<Action | undefined>(undefined);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const act = useMemo(() => {
    let last = 0;
    const show = (outcome: Outcome): void =>
      setOutcomes((before) => [outcome, ...before.filter((each) => each.key !== outcome.key)].slice(0, MAX_OUTCOMES));
    const run = (action: Action): void => {
      const key = ++last;
      show({ key, title: action.title, kind: 'busy', text: 'waiting for the reply' });
      action.run().then(
        (reply) => {
          show({ key, title: action.title, kind: reply.isOk ? 'ok' : 'failed', text: replyText(reply) });
          const isPlain = reply.isOk && !Object.hasOwn(reply.fields, 'warnings');
          if (isPlain) setTimeout(() => setOutcomes((before) => before.filter((each) => each.key !== key)), PLAIN_MS);
        },
        (error: unknown) => show({ key, title: action.title, kind: 'failed', text: problemText(error) }),
      );
    };
    return { run, ask: (action: Action) => (action.question === undefined ? run(action) : setAsked(action)) };
  }, []);
  return (
    <ActContext.Provider value={act.ask}>
      {children}
      {asked !== undefined && (
        <Question
          action={asked}
          onClose={() => setAsked(undefined)}
          onYes={() => {
            setAsked(undefined);
            act.run(asked);
          }}
        />
      )}
      <div class="outcomes" role="status" aria-live="polite">
        {outcomes.map((outcome) => (
          <div key={outcome.key} class={`outcome ${outcome.kind}`}>
            <strong>{outcome.title}</strong>
            <span>{outcome.text}</span>
            <button
              type="button"
              class="quiet"
              aria-label={`dismiss: ${outcome.title}`}
              onClick={() => setOutcomes((before) => before.filter((each) => each.key !== outcome.key))}
            >
              ×
            </button>
          </div>
        ))}
      </div>
    </ActContext.Provider>
  );
}

function Question({ action, onClose, onYes }: { readonly action: Action; readonly onClose: () => void; readonly onYes: () => void }): JSX.Element {
  const [typed, setTyped] = useState('');
  return (
    <Dialog title={action.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onYes();
        }}
      >
        <p>{action.question}</p>
        {action.typed !== undefined && (
          <label>
            Type {action.typed} to go on
            <input type="text" autocomplete="off" spellcheck={false} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
        )}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={action.typed !== undefined && typed !== action.typed}>
            {action.title}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** `running, pid 4711, 62 ms`, or the error as the device says it. */
export function replyText(reply: Reply): string {
  const { fields } = reply;
  const parts: string[] = [];
  if (!reply.isOk) parts.push(reply.message === '' ? reply.code : `${reply.code}: ${reply.message}`);
  for (const [key, label] of [
    ['outcome', ''],
    ['release', 'release '],
    ['state', ''],
    ['pid', 'pid '],
  ] as const) {
    const value = fields[key];
    if (typeof value === 'string' || typeof value === 'number') parts.push(label + value);
  }
  if (typeof fields['took_ms'] === 'number') parts.push(`${fields['took_ms']} ms`);
  const warnings = fields['warnings'];
  if (Array.isArray(warnings)) warnings.forEach((warning) => parts.push(`warning: ${String(warning)}`));
  return parts.join(', ').slice(0, 2_000) || 'done';
}
