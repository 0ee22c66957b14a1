import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { joined, labelled } from '../fleet/words';
import { FormDialog, type Answers, type Questions } from './FormDialog';
import { problemText } from '../common/format';
import { number, text, texts, type Json } from '../fleet/json';

/** A command that a person gives, and what came of it. */
export interface Action extends Questions {
  /** As in `restart gate7/camera`. */
  readonly title: string;
  /**
   * Left out if there is only something to see.
   *
   * @throws Error at once, if something is wrong with the answers
   */
  readonly run?: ((answers: Answers) => Promise<Json>) | undefined;
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
          show('ok', replyText(reply));
          if (!Object.hasOwn(reply, 'warnings')) setTimeout(() => dismiss(key), PLAIN_MS);
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
            <button class="quiet" aria-label={`dismiss: ${title}`} onClick={() => dismiss(key)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </ActContext.Provider>
  );
}

/** `running, pid 4711, 62 ms`. */
function replyText(reply: Json): string {
  const parts = [
    text(reply, 'outcome'),
    text(reply, 'release'),
    text(reply, 'state'),
    labelled('pid ', number(reply, 'pid')),
    labelled('', number(reply, 'took_ms'), ' ms'),
    ...texts(reply, 'warnings').map((warning) => `warning: ${warning}`),
  ];
  return joined(parts) || 'done';
}
