import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './Dialog';
import { problemText } from './format';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'password' | 'area' | 'check';
  /** A choice of these. */
  readonly options?: readonly (readonly [value: string, text: string])[];
  readonly value?: string;
  readonly help?: string;
  readonly isRequired?: boolean;
  /** What a text must look like. */
  readonly pattern?: string;
  readonly autocomplete?: string;
}

export type Answers = Readonly<Record<string, string>>;

interface FormProps {
  /** Those to ask for, by what was answered so far. */
  readonly fields: (answers: Answers) => readonly Field[];
  /** Those that most people leave alone. */
  readonly more?: readonly Field[];
  readonly button: string;
  /** May throw what is wrong with the answers. */
  readonly onDone: (answers: Answers) => void | Promise<void>;
  readonly onChange?: () => void;
  /** Left out where there is nothing to go back to. */
  readonly onClose: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

interface DialogProps extends FormProps {
  readonly title: string;
  readonly onClose: () => void;
}

export function FormDialog({ title, ...form }: DialogProps): JSX.Element {
  return (
    <Dialog title={title} onClose={form.onClose}>
      <Form {...form} />
    </Dialog>
  );
}

/** Asks for a few values. A box that is checked is `yes`, else empty. */
export function Form({ fields, more = [], button, onDone, onChange, onClose, children }: FormProps): JSX.Element {
  const [answers, setAnswers] = useState<Answers>({});
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const shown = fields(answers);
  const valueOf = ({ name, value, options }: Field): string => answers[name] ?? value ?? options?.[0]?.[0] ?? '';
  const input = (field: Field): JSX.Element => (
    <Input
      key={field.name}
      field={field}
      value={valueOf(field)}
      onChange={(value) => {
        setAnswers({ ...answers, [field.name]: value });
        setProblem('');
        onChange?.();
      }}
    />
  );
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem('');
    setBusy(true);
    try {
      await onDone(Object.fromEntries([...shown, ...more].map((field) => [field.name, (field.kind ?? 'text') === 'text' ? valueOf(field).trim() : valueOf(field)])));
    } catch (error) {
      setProblem(problemText(error));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
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
      {children}
      <div class="buttons">
        {onClose !== undefined && (
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        )}
        <button type="submit" class="primary" disabled={isBusy}>
          {button}
        </button>
      </div>
    </form>
  );
}

function Input({ field, value, onChange }: { readonly field: Field; readonly value: string; readonly onChange: (value: string) => void }): JSX.Element {
  const { label, kind = 'text', options, help, isRequired = false, pattern, autocomplete = 'off' } = field;
  if (kind === 'check') {
    return (
      <label class="check">
        <input type="checkbox" checked={value !== ''} onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')} /> {label}
      </label>
    );
  }
  const common = {
    required: isRequired,
    spellcheck: false,
    value,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
  };
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
        <textarea rows={6} {...common} />
      ) : (
        <input {...({ type: kind, autocomplete, pattern, title: pattern && help } as object)} {...common} />
      )}
      {help !== undefined && <span class="help">{help}</span>}
    </label>
  );
}

/** @throws Error that says what is wrong, if it is no JSON object */
export function asJsonObject(source: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(source);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('It must be a JSON object: {…}');
  return value as Record<string, unknown>;
}
