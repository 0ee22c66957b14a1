import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { number, object, objects, text, texts } from '../../fleet/json';
import type { Service } from '../../fleet/model';
import { AnswerState, CommandButton, useAnswer, type Answer, type Commands } from '../../ui/commands';
import { Dialog } from '../../ui/Dialog';
import { asJsonObject, FormDialog, type Field } from '../../ui/FormDialog';
import { DeployDialog } from './DeployDialog';
import { processObstacle, resetObstacle, restartQuestion, startObstacle, stopObstacle, stopQuestion } from './reasons';

type Asked = 'deploy' | 'rollback' | 'hold' | 'signal' | 'input' | 'config' | 'manifest';

/** What can be done with a service; what cannot be done now says why. */
export function ServiceActions({ service, commands }: { readonly service: Service; readonly commands: Commands }): JSX.Element {
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const { obstacle, give } = commands;
  const button = (label: string, why: string, onClick: () => void, name = ''): JSX.Element => (
    <CommandButton why={obstacle || why} onClick={onClick} class={name}>
      {label}
    </CommandButton>
  );
  const open = (what: Asked) => (): void => setAsked(what);
  const releaseObstacle = service.release === '' ? 'It has no releases' : '';
  return (
    <div class="buttons actions">
      {button('Start', startObstacle(service), () => give('start'))}
      {button('Stop…', stopObstacle(service), () => give('stop', {}, { question: stopQuestion(service) }))}
      {button(service.state === 'scheduled' ? 'Run now…' : 'Restart…', '', () => give('restart', {}, { question: restartQuestion(service) }))}
      {button('Reset', resetObstacle(service), () => give('reset'))}
      {button('Deploy…', '', open('deploy'))}
      {button('Roll back…', releaseObstacle, open('rollback'))}
      <details class="more-actions">
        <summary>More</summary>
        <div class="buttons">
          {button('Hold…', '', open('hold'))}
          {service.autostart
            ? button('Disable', '', () => give('disable'))
            : button('Enable', '', () => give('enable'))}
          {button('Signal…', processObstacle(service), open('signal'))}
          {button('Input…', processObstacle(service), open('input'))}
          {button('Configuration…', '', open('config'))}
          {button('Manifest…', '', open('manifest'))}
          {button('Remove…', '', () =>
            give('remove', {}, {
              question: `Stops ${service.id} and deletes its folder, data, output and configuration. That cannot be undone.`,
              typed: service.id,
            }),
          )}
        </div>
      </details>
      {(asked === 'deploy' || asked === 'rollback') && (
        <DeployDialog service={service} isRollback={asked === 'rollback'} commands={commands} onClose={() => setAsked(undefined)} />
      )}
      {asked === 'manifest' && <Manifest service={service} commands={commands} onClose={() => setAsked(undefined)} />}
      {asked === 'config' && <Config service={service} commands={commands} onClose={() => setAsked(undefined)} />}
      {(asked === 'hold' || asked === 'signal' || asked === 'input') && (
        <Small what={asked} service={service} commands={commands} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

interface Props {
  readonly service: Service;
  readonly commands: Commands;
  readonly onClose: () => void;
}

const SIGNALS = 'HUP INT QUIT USR1 USR2 TERM KILL STOP CONT TSTP ALRM ABRT WINCH PIPE ILL TRAP BUS FPE SEGV XCPU XFSZ SYS'.split(' ');
const SIGNAL_OPTIONS = SIGNALS.map((signal) => [signal, signal] as const);

interface Form {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly button: string;
}

/** The commands that need a value or two. */
const FORMS = {
  signal: {
    title: 'Send a signal to',
    fields: [{ name: 'signal', label: 'Signal', options: SIGNAL_OPTIONS, help: 'To the main process only. If it ends, the restart policy applies.' }],
    button: 'Send',
  },
  input: {
    title: 'Write to the stdin of',
    fields: [
      { name: 'text', label: 'Text', kind: 'area' },
      { name: 'newline', label: 'end it with a newline', kind: 'check', value: 'yes' },
    ],
    button: 'Write',
  },
  hold: {
    title: 'Hold off deploys of',
    fields: [
      { name: 'reason', label: 'Why', isRequired: true },
      { name: 'until', label: 'Until', value: '2h', help: 'from now on, or a time as 2026-11-27T18:00:00Z' },
    ],
    button: 'Hold',
  },
} satisfies Record<string, Form>;

function Small({ what, service, commands, onClose }: Props & { readonly what: keyof typeof FORMS }): JSX.Element {
  const form: Form = FORMS[what];
  return (
    <FormDialog
      {...form}
      title={`${form.title} ${service.id}`}
      fields={() => form.fields}
      onDone={({ newline, until = '', text: input = '', ...rest }) => {
        const args = { input: { text: input + (newline === 'yes' ? '\n' : '') }, hold: until === '' ? rest : { ...rest, until }, signal: rest }[what];
        commands.give(what, args);
        onClose();
      }}
      onClose={onClose}
    />
  );
}

function Config({ service, commands, onClose }: Props): JSX.Element {
  const answer = useAnswer(() => commands.ask('config'), []);
  if (answer.fields === undefined) return <Shown title={`Configuration of ${service.id}`} answer={answer} onClose={onClose} />;
  const value = JSON.stringify(object(answer.fields, 'config'), null, 2);
  return (
    <FormDialog
      title={`Configuration of ${service.id}, version ${String(answer.fields['version'] ?? '?')}`}
      fields={() => [
        { name: 'set', label: 'All of it, as JSON', kind: 'area', value },
        { name: 'signal', label: 'Then send', options: [['', 'no signal'], ...SIGNAL_OPTIONS.slice(0, 6)] },
      ]}
      button="Replace"
      onDone={({ set = '', signal }) => {
        commands.give('config', { set: asJsonObject(set), ...(signal === '' ? {} : { signal }) });
        onClose();
      }}
      onClose={onClose}
    />
  );
}

function Manifest({ service, commands, onClose }: Props): JSX.Element {
  const answer = useAnswer(() => commands.ask('manifest'), []);
  const fields = answer.fields ?? {};
  return (
    <Shown title={`Manifest of ${service.id}`} answer={answer} onClose={onClose}>
      <p class="soft">{text(fields, 'work_dir')}</p>
      <pre class="text" tabIndex={0} aria-label="manifest">
        {JSON.stringify(object(fields, 'manifest'), null, 2)}
      </pre>
      <h3>Files</h3>
      <ul class="files">
        {objects(fields, 'files').map((file, i) => (
          <li key={i}>
            <code>{text(file, 'path')}</code>{' '}
            <span class="soft">
              {text(file, 'mode')}, {number(file, 'size')} bytes
            </span>
          </li>
        ))}
      </ul>
      {texts(fields, 'warnings').map((warning, i) => (
        <p key={i} class="problem">
          {warning}
        </p>
      ))}
    </Shown>
  );
}

/** A dialog with what the device answers. */
function Shown({ title, answer, onClose, children }: { readonly title: string; readonly answer: Answer; readonly onClose: () => void; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <Dialog title={title} onClose={onClose}>
      <AnswerState answer={answer} />
      {answer.fields !== undefined && children}
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
