import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { asObject, list, text, time, type Json } from '../../fleet/json';
import { stepText } from '../../fleet/words';
import type { Service } from '../../fleet/model';
import { AnswerState, useAnswer, type Commands } from '../../ui/commands';
import { Dialog } from '../../ui/Dialog';
import { Input, type Answers, type Field } from '../../ui/FormDialog';
import { moment, problemText } from '../../ui/format';
import { deployArguments, type Source } from './deploy';

interface Props {
  readonly service: Service;
  readonly isRollback: boolean;
  readonly commands: Commands;
  readonly onClose: () => void;
}

const SOURCES: readonly (readonly [Source, string])[] = [
  ['release', 'a release that is stored on the device'],
  ['artifact', 'an archive that the device fetches'],
  ['payload', 'a payload of deploy, as JSON'],
];

const ARTIFACT: readonly Field[] = [
  { name: 'url', label: 'Address', help: 'https://… or file:///…; several with a space between, tried in this order', isRequired: true },
  { name: 'sha256', label: 'SHA-256', isRequired: true },
  { name: 'size', label: 'Size in bytes', isRequired: true },
  { name: 'name', label: 'Release', help: 'what its manifest calls it, if that is to be checked' },
];

const PAYLOAD: Field = { name: 'payload', label: 'Payload', kind: 'area', help: 'with manifest and files, artifact or release', isRequired: true };

const WATCH: readonly Field[] = [
  { name: 'min_healthy', label: 'Healthy for', help: '10s if it is empty' },
  { name: 'healthy_deadline', label: 'Within', help: '5m if it is empty' },
  {
    name: 'on_failure',
    label: 'If it does not work',
    options: [
      ['', 'the release before comes back'],
      ['keep', 'the new release stays as it is'],
    ],
  },
  { name: 'confirm_within', label: 'To be confirmed within' },
  { name: 'force', label: 'also a release that failed here before', kind: 'check' },
  { name: 'ignore_hold', label: 'stop the service although somebody holds it', kind: 'check' },
];

/** Another release for a service: chosen, its plan looked at, then deployed. */
export function DeployDialog({ service, isRollback, commands, onClose }: Props): JSX.Element {
  const releases = useAnswer(() => commands.ask('releases'), []);
  const [source, setSource] = useState<Source>('release');
  const [answers, setAnswers] = useState<Answers>({});
  const [problem, setProblem] = useState('');
  const [plan, setPlan] = useState<readonly Json[] | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);
  const command = isRollback ? 'rollback' : 'deploy';
  const change = (name: string) => (value: string): void => {
    setAnswers({ ...answers, [name]: value });
    setPlan(undefined);
    setProblem('');
  };
  const field = (each: Field): JSX.Element => <Input key={each.name} field={each} value={answers[each.name] ?? ''} onChange={change(each.name)} />;

  const showPlan = async (args: Json): Promise<void> => {
    setAsking(true);
    try {
      const reply = await commands.ask(command, { ...args, plan: true });
      if (reply.isOk) setPlan(list(reply.fields, 'plan').map((step) => asObject(step) ?? {}));
      else setProblem(`${reply.code}: ${reply.message}`);
    } catch (error) {
      setProblem(problemText(error));
    }
    setAsking(false);
  };
  const go = (event: Event): void => {
    event.preventDefault();
    const args = deployArguments(source, isRollback, answers);
    if (typeof args === 'string') {
      setProblem(args);
      return;
    }
    setProblem('');
    if (plan === undefined) {
      void showPlan(args);
      return;
    }
    commands.give(command, args);
    onClose();
  };

  return (
    <Dialog title={isRollback ? `Bring an earlier release of ${service.id} back` : `Deploy another release of ${service.id}`} onClose={onClose} class="wide">
      <form onSubmit={go}>
        {!isRollback && (
          <fieldset>
            <legend>From</legend>
            {SOURCES.map(([name, label]) => (
              <label key={name} class="check">
                <input
                  type="radio"
                  name="source"
                  checked={source === name}
                  onChange={() => {
                    setSource(name);
                    setPlan(undefined);
                    setProblem('');
                  }}
                />
                {label}
              </label>
            ))}
          </fieldset>
        )}
        {source === 'release' && (
          <>
            <AnswerState answer={releases} />
            {releases.reply !== undefined && <Releases fields={releases.reply.fields} current={service.release} value={answers['release'] ?? ''} onChange={change('release')} />}
          </>
        )}
        {source === 'artifact' && ARTIFACT.map(field)}
        {source === 'payload' && field(PAYLOAD)}
        <details>
          <summary>How it is watched</summary>
          {WATCH.map(field)}
        </details>
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {plan !== undefined && (
          <div role="status">
            <h3>The plan</h3>
            {plan.length === 0 ? <p>Nothing is to be done.</p> : <ol>{plan.map((step, i) => <li key={i}>{stepText(step)}</li>)}</ol>}
          </div>
        )}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isAsking || commands.obstacle !== ''} title={commands.obstacle}>
            {isAsking ? 'Asking…' : plan === undefined ? 'Show the plan' : isRollback ? 'Roll back' : 'Deploy'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ReleasesProps {
  readonly fields: Json;
  readonly current: string;
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function Releases({ fields, current, value, onChange }: ReleasesProps): JSX.Element {
  const releases = list(fields, 'releases').map((release) => asObject(release) ?? {});
  const others = releases.filter((release) => text(release, 'id') !== current);
  if (others.length === 0) return <p class="soft">No other release is stored on the device.</p>;
  return (
    <fieldset>
      <legend>Release (now: {current === '' ? 'none' : current})</legend>
      {others.map((release) => {
        const id = text(release, 'id');
        const bad = text(release, 'bad');
        return (
          <label key={id} class="check">
            <input type="radio" name="release" checked={value === id} onChange={() => onChange(id)} />
            <span>
              {id} <span class="soft">stored {moment(time(release, 'stored_at'))}</span>
              {bad !== '' && <span class="problem"> failed here: {bad}</span>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
