import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { objects, text, time, type Json } from '../../fleet/json';
import { stepText } from '../../fleet/words';
import type { Service } from '../../fleet/model';
import { AnswerState, useAnswer, type Commands } from '../../ui/commands';
import { FormDialog, type Answers, type Field } from '../../ui/FormDialog';
import { moment } from '../../ui/format';
import { deployArguments } from './deploy';

interface Props {
  readonly service: Service;
  readonly isRollback: boolean;
  readonly commands: Commands;
  readonly onClose: () => void;
}

const SOURCE: Field = {
  name: 'source',
  label: 'From',
  options: [
    ['release', 'a release on the device'],
    ['artifact', 'an archive to fetch'],
    ['payload', 'a payload in JSON'],
  ],
};

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  artifact: [
    { name: 'url', label: 'Address', help: 'https://… or file:///…; several, with spaces, are tried in order', isRequired: true },
    { name: 'sha256', label: 'SHA-256', isRequired: true },
    { name: 'size', label: 'Size in bytes', isRequired: true },
    { name: 'name', label: 'Release', help: 'to be checked with its manifest' },
  ],
  payload: [{ name: 'payload', label: 'Payload', kind: 'area', help: 'with manifest and files, artifact or release', isRequired: true }],
};

const WATCH: readonly Field[] = [
  { name: 'min_healthy', label: 'Healthy for', help: '10s if empty' },
  { name: 'healthy_deadline', label: 'Within', help: '5m if empty' },
  {
    name: 'on_failure',
    label: 'If it fails',
    options: [
      ['', 'go back'],
      ['keep', 'keep the new release'],
    ],
  },
  { name: 'confirm_within', label: 'To be confirmed within' },
  { name: 'force', label: 'even if it failed here before', kind: 'check' },
  { name: 'ignore_hold', label: 'even if somebody holds the service', kind: 'check' },
];

/** Another release for a service: chosen, its plan looked at, then deployed. */
export function DeployDialog({ service, isRollback, commands, onClose }: Props): JSX.Element {
  const releases = useAnswer(() => commands.ask('releases'), []);
  const [plan, setPlan] = useState<readonly Json[] | undefined>(undefined);
  const command = isRollback ? 'rollback' : 'deploy';
  const stored = objects(releases.fields ?? {}, 'releases').filter((release) => text(release, 'id') !== service.release);
  const release: Field = {
    name: 'release',
    label: `Release (now: ${service.release || 'none'})`,
    options: [['', stored.length > 0 ? 'choose…' : 'no other is stored'], ...stored.map((each) => [text(each, 'id'), releaseText(each)] as const)],
  };
  const fields = ({ source = 'release' }: Answers): readonly Field[] => [...(isRollback ? [] : [SOURCE]), ...(FIELDS[source] ?? [release])];
  const go = async (answers: Answers): Promise<void> => {
    const args = deployArguments(isRollback, answers);
    if (plan === undefined) {
      const reply = await commands.ask(command, { ...args, plan: true });
      if (!reply.isOk) throw new Error(`${reply.code}: ${reply.message}`);
      setPlan(objects(reply.fields, 'plan'));
    } else {
      commands.give(command, args);
      onClose();
    }
  };
  return (
    <FormDialog
      title={`${isRollback ? 'Roll back' : 'Deploy'} ${service.id}`}
      fields={fields}
      more={WATCH}
      button={plan === undefined ? 'Show the plan' : isRollback ? 'Roll back' : 'Deploy'}
      onDone={go}
      onChange={() => setPlan(undefined)}
      onClose={onClose}
    >
      <AnswerState answer={releases} />
      {plan !== undefined && (
        <div role="status">
          <h3>The plan</h3>
          {plan.length === 0 ? <p>Nothing is to be done.</p> : <ol>{plan.map((step, i) => <li key={i}>{stepText(step)}</li>)}</ol>}
        </div>
      )}
    </FormDialog>
  );
}

function releaseText(release: Json): string {
  const bad = text(release, 'bad');
  return `${text(release, 'id')}, ${moment(time(release, 'stored_at'))}${bad === '' ? '' : `, failed here: ${bad}`}`;
}
