import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { list, object, text, texts } from '../../fleet/json';
import type { Service } from '../../fleet/model';
import { AnswerState, CommandButton, useAnswer, type Commands } from '../../ui/commands';
import { Dialog } from '../../ui/Dialog';
import { asJsonObject, FormDialog } from '../../ui/FormDialog';
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
              question: `Stops ${service.id} and deletes its folder, its data, its output and its configuration from the device. That cannot be undone.`,
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

/** The commands that need a value or two. */
function Small({ what, service, commands, onClose }: Props & { readonly what: 'hold' | 'signal' | 'input' }): JSX.Element {
  const done = (args: Readonly<Record<string, unknown>>): void => {
    commands.give(what, args);
    onClose();
  };
  if (what === 'signal') {
    return (
      <FormDialog
        title={`Send a signal to ${service.id}`}
        fields={[{ name: 'signal', label: 'Signal', options: SIGNAL_OPTIONS, help: 'It goes to the main process only. If the service ends because of it, its restart policy applies.' }]}
        button="Send"
        onDone={({ signal }) => done({ signal })}
        onClose={onClose}
      />
    );
  }
  if (what === 'input') {
    return (
      <FormDialog
        title={`Write to the stdin of ${service.id}`}
        fields={[
          { name: 'text', label: 'Text', kind: 'area' },
          { name: 'newline', label: 'end it with a newline', kind: 'check', value: 'yes' },
        ]}
        button="Write"
        onDone={({ text: input = '', newline }) => done({ text: input + (newline === 'yes' ? '\n' : '') })}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={`Hold off deploys of ${service.id}`}
      fields={[
        { name: 'reason', label: 'Why', isRequired: true, help: 'for whoever waits' },
        { name: 'until', label: 'Until', value: '2h', help: 'a time as 2026-11-27T18:00:00Z, or from now on: 2h. It ends after 24 h at the latest unless the device is set otherwise.' },
      ]}
      button="Hold"
      onDone={({ reason, until = '' }) => done(until.trim() === '' ? { reason } : { reason, until: until.trim() })}
      onClose={onClose}
    />
  );
}

function Config({ service, commands, onClose }: Props): JSX.Element {
  const answer = useAnswer(() => commands.ask('config'), []);
  if (answer.reply === undefined) {
    return (
      <Dialog title={`Configuration of ${service.id}`} onClose={onClose}>
        <AnswerState answer={answer} />
        <Close onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={`Configuration of ${service.id}, version ${String(answer.reply.fields['version'] ?? '?')}`}
      fields={[
        { name: 'set', label: 'The whole configuration, as JSON', kind: 'area', value: JSON.stringify(object(answer.reply.fields, 'config'), null, 2) },
        { name: 'signal', label: 'Then send', options: [['', 'no signal'], ...SIGNAL_OPTIONS.slice(0, 6)], help: 'for a service that reads its file again' },
      ]}
      button="Replace"
      problemOf={({ set = '' }) => {
        const json = asJsonObject(set);
        return typeof json === 'string' ? json : '';
      }}
      onDone={({ set = '', signal = '' }) => {
        commands.give('config', { set: asJsonObject(set), ...(signal === '' ? {} : { signal }) });
        onClose();
      }}
      onClose={onClose}
    />
  );
}

function Manifest({ service, commands, onClose }: Props): JSX.Element {
  const answer = useAnswer(() => commands.ask('manifest'), []);
  const fields = answer.reply?.fields ?? {};
  return (
    <Dialog title={`Manifest of ${service.id}`} onClose={onClose} class="wide">
      <AnswerState answer={answer} />
      {answer.reply !== undefined && (
        <>
          <p class="soft">{text(fields, 'work_dir')}</p>
          <pre class="text" tabIndex={0} aria-label="manifest">
            {JSON.stringify(object(fields, 'manifest'), null, 2)}
          </pre>
          <h3>Files</h3>
          <ul class="files">
            {list(fields, 'files').map((file, i) => (
              <li key={i}>
                <code>{text(object({ file }, 'file'), 'path')}</code>{' '}
                <span class="soft">
                  {text(object({ file }, 'file'), 'mode')}, {String(object({ file }, 'file')['size'] ?? '?')} bytes
                </span>
              </li>
            ))}
          </ul>
          {texts(fields, 'warnings').map((warning, i) => (
            <p key={i} class="problem">
              {warning}
            </p>
          ))}
        </>
      )}
      <Close onClose={onClose} />
    </Dialog>
  );
}

function Close({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <div class="buttons">
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
