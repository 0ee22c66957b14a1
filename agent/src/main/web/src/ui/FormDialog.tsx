import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from '../fleet/json';
import { Dialog } from './Dialog';
import { problemText } from '../common/format';
import { AnswerState, useAnswer } from './useAnswer';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'password' | 'area' | 'check';
  /** A choice of these. */
  readonly options?: readonly (readonly [value: string, text: string])[];
  readonly value?: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  /** What a text must look like. */
  readonly pattern?: string;
  readonly autocomplete?: string;
}

/** By the name of the field. A box that is checked is `yes`, else empty. */
export type Answers = Readonly<Record<string, string>>;

/** What is asked, or shown, before something is done. */
export interface Questions {
  readonly question?: string;
  /** Asked of the device, since the fields depend on it. */
  readonly first?: () => Promise<Json>;
  /** What to ask for, by what was answered so far and what the device says. */
  readonly fields?: (answers: Answers, found: Json) => readonly Field[];
  /** What most people leave alone. */
  readonly more?: readonly Field[];
  /** The steps of what would be done, to be looked at before it is. */
  readonly plan?: (answers: Answers) => Promise<readonly string[]>;
}

interface Props extends Questions {
  readonly button: string;
  /** May throw what is wrong with the answers. Left out if there is only something to see. */
  readonly onDone: ((answers: Answers) => void) | undefined;
  /** Left out where there is nothing to go back to. */
  readonly onClose: (() => void) | undefined;
  readonly found?: Json;
}

/** Asks for a few values. */
export function Form({ question, fields = () => [], more = [], plan, button, onDone, onClose, found = {} }: Props): JSX.Element {
  const [answers, setAnswers] = useState<Answers>({});
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [steps, setSteps] = useState<readonly string[] | undefined>(undefined);
  const isPlan = plan !== undefined && steps === undefined;
  const shown = fields(answers, found);
  const valueOf = ({ name, value, options }: Field): string => answers[name] ?? value ?? options?.[0]?.[0] ?? '';
  const input = (field: Field): JSX.Element => (
    <Input
      key={field.name}
      {...field}
      value={valueOf(field)}
      onChange={(value) => {
        setAnswers({ ...answers, [field.name]: value });
        setProblem('');
        setSteps(undefined);
      }}
    />
  );
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const all = Object.fromEntries([...shown, ...more].map((field) => [field.name, field.kind === undefined ? valueOf(field).trim() : valueOf(field)]));
    setBusy(true);
    try {
      if (isPlan) setSteps(await plan(all));
      else onDone?.(all);
    } catch (error) {
      setProblem(problemText(error));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      {question !== undefined && <p>{question}</p>}
      {shown.map(input)}
      {more.length > 0 && (
        <details>
          <summary>More</summary>
          {more.map(input)}
        </details>
      )}
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {steps !== undefined && (
        <div role="status">
          <strong>The plan</strong>
          <ol>
            {steps.map((step, i) => (
              <li key={i}>{step}</li>
            ))}
          </ol>
        </div>
      )}
      <div class="buttons">
        {onClose !== undefined && (
          <button type="button" onClick={onClose}>
            {onDone === undefined ? 'Close' : 'Cancel'}
          </button>
        )}
        {onDone !== undefined && (
          <button class="primary" disabled={isBusy}>
            {isPlan ? 'Show the plan' : button}
          </button>
        )}
      </div>
    </form>
  );
}

interface DialogProps extends Omit<Props, 'button'> {
  readonly title: string;
  readonly onClose: () => void;
}

export function FormDialog({ title, first, onClose, ...form }: DialogProps): JSX.Element {
  const answer = useAnswer(first, []);
  const isAsking = first !== undefined && answer.fields === undefined && answer.problem === undefined;
  return (
    // Opens anew when there are fields, of which the first one should have the focus.
    <Dialog key={String(isAsking)} title={title} onClose={onClose}>
      {first !== undefined && <AnswerState answer={answer} />}
      {isAsking ? <button onClick={onClose}>Cancel</button> : <Form {...form} button={title} onClose={onClose} found={answer.fields ?? {}} />}
    </Dialog>
  );
}

interface InputProps extends Field {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Input({ label, kind, options, help, value, onChange, ...rest }: InputProps): JSX.Element {
  if (kind === 'check') {
    return (
      <label class="check">
        <input type="checkbox" checked={value !== ''} onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')} /> {label}
      </label>
    );
  }
  const common = {
    autocomplete: 'off',
    spellcheck: false,
    ...rest,
    value,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
  } as object;
  return (
    <label>
      {label}
      {options !== undefined ? (
        <select {...common}>
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      ) : kind === 'area' ? (
        <textarea rows={8} {...common} />
      ) : (
        <input {...({ type: kind ?? 'text', title: rest.pattern && help } as object)} {...common} />
      )}
      {help !== undefined && <span class="help">{help}</span>}
    </label>
  );
}
