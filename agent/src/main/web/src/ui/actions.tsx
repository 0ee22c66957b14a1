import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { FormDialog, type Answers, type Questions } from './FormDialog';
import { problemText } from './format';
import type { Reply } from '../link/requests';

/** A command that a person gives, and what came of it. */
export interface Action extends Questions {
  /** As in `restart gate7/camera`. */
  readonly title: string;
  /**
   * Left out if there is only something to see.
   *
   * @throws Error at once, if something is wrong with the answers
   */
  readonly run?: ((answers: Answers) => Promise<Reply>) | undefined;
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

export function Actions({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [asked, setAsked] = useState<Action | undefined>(undefined);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const { act, run, dismiss } = useMemo(() => {
    let last = 0;
    const dismiss = (key: number): void => setOutcomes((before) => before.filter((each) => each.key !== key));
    const run = ({ title, run: start }: Action, answers: Answers): void => {
      const reply = start?.(answers);
      const key = ++last;
      const show = (kind: Outcome['kind'], words: string): void =>
        setOutcomes((before) => [{ key, title, kind, text: words }, ...before.filter((each) => each.key !== key)].slice(0, MAX_OUTCOMES));
      setAsked(undefined);
      show('busy', 'waiting for the reply');
      reply?.then(
        (reply) => {
          show(reply.isOk ? 'ok' : 'failed', replyText(reply));
          if (reply.isOk && !Object.hasOwn(reply.fields, 'warnings')) setTimeout(() => dismiss(key), PLAIN_MS);
        },
        (error: unknown) => show('failed', problemText(error)),
      );
    };
    const act = (action: Action): void => (action.question === undefined && action.fields === undefined ? run(action, {}) : setAsked(action));
    return { act, run, dismiss };
  }, []);
  return (
    <ActContext.Provider value={act}>
      {children}
      {asked !== undefined && (
        <FormDialog {...asked} onDone={asked.run && ((answers) => run(asked, answers))} onClose={() => setAsked(undefined)} />
      )}
      <div class="outcomes" role="status" aria-live="polite">
        {outcomes.map(({ key, title, kind, text }) => (
          <div key={key} class={`outcome ${kind}`}>
            <strong>{title}</strong>
            <span>{text}</span>
            <button type="button" class="quiet" aria-label={`dismiss: ${title}`} onClick={() => dismiss(key)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </ActContext.Provider>
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
