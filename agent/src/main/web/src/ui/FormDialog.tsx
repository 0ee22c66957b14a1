import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './Dialog';
import { problemText } from './format';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'area' | 'check';
  /** A choice of these. */
  readonly options?: readonly (readonly [value: string, text: string])[];
  readonly value?: string;
  readonly help?: string;
  readonly isRequired?: boolean;
}

export type Answers = Readonly<Record<string, string>>;

interface Props {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly button: string;
  /** What is wrong with the answers; empty if nothing is. */
  readonly problemOf?: (answers: Answers) => string;
  readonly onDone: (answers: Answers) => void;
  readonly onClose: () => void;
  readonly children?: JSX.Element;
}

/** Asks for a few values. A box that is checked is `yes`, else empty. */
export function FormDialog({ title, fields, button, problemOf, onDone, onClose, children }: Props): JSX.Element {
  const [answers, setAnswers] = useState<Answers>(() => Object.fromEntries(fields.map(({ name, value, options }) => [name, value ?? options?.[0]?.[0] ?? ''])));
  const [problem, setProblem] = useState('');
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const found = problemOf?.(answers) ?? '';
          setProblem(found);
          if (found === '') onDone(answers);
        }}
      >
        {children}
        {fields.map((field) => (
          <Input key={field.name} field={field} value={answers[field.name] ?? ''} onChange={(value) => setAnswers({ ...answers, [field.name]: value })} />
        ))}
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Input({ field, value, onChange }: { readonly field: Field; readonly value: string; readonly onChange: (value: string) => void }): JSX.Element {
  const { label, kind = 'text', options, help, isRequired = false } = field;
  if (kind === 'check') {
    return (
      <label class="check">
        <input type="checkbox" checked={value !== ''} onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')} /> {label}
      </label>
    );
  }
  return (
    <label>
      {label}
      {options !== undefined ? (
        <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      ) : kind === 'area' ? (
        <textarea rows={6} spellcheck={false} required={isRequired} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <input type="text" autocomplete="off" spellcheck={false} required={isRequired} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
      )}
      {help !== undefined && <span class="help">{help}</span>}
    </label>
  );
}

/** A payload's object; a sentence where it is none. */
export function asJsonObject(source: string): Readonly<Record<string, unknown>> | string {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : 'It must be a JSON object: {…}';
  } catch (error) {
    return `It is no JSON: ${problemText(error)}`;
  }
}
