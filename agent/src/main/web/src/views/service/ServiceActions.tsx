import type { JSX } from 'preact';
import { number, object, objects, text, texts, type Json } from '../../fleet/json';
import type { Service } from '../../fleet/model';
import { useAct } from '../../ui/actions';
import { CommandButton, type Commands } from '../../ui/commands';
import type { Answers, Field, Questions } from '../../ui/FormDialog';
import { asJsonObject, filled } from './answers';
import { deployArguments, deployQuestions } from './deploy';
import { processObstacle, resetObstacle, restartQuestion, startObstacle, stopObstacle, stopQuestion } from './reasons';

const SIGNALS = 'HUP INT QUIT USR1 USR2 TERM KILL STOP CONT TSTP ALRM ABRT WINCH PIPE ILL TRAP BUS FPE SEGV XCPU XFSZ SYS'.split(' ');
const SIGNAL_OPTIONS = SIGNALS.map((signal) => [signal, signal] as const);

const SIGNAL: Questions = {
  fields: () => [{ name: 'signal', label: 'Signal', options: SIGNAL_OPTIONS, help: 'To the main process only. If it ends, the restart policy applies.' }],
};

const INPUT: Questions = {
  fields: () => [
    { name: 'text', label: 'Text', kind: 'area' },
    { name: 'newline', label: 'end it with a newline', kind: 'check', value: 'yes' },
  ],
};

const HOLD: Questions = {
  question: 'Holds off deploys.',
  fields: () => [
    { name: 'reason', label: 'Why', required: true },
    { name: 'until', label: 'Until', value: '2h', help: 'from now on, or a time as 2026-11-27T18:00:00Z' },
  ],
};

const asText = (json: Json): string => JSON.stringify(json, null, 2);

const configFields = (found: Json): readonly Field[] => [
  { name: 'set', label: `Version ${number(found, 'version') ?? 'none'}, all of it as JSON`, kind: 'area', value: asText(object(found, 'config')) },
  { name: 'signal', label: 'Then send', options: [['', 'no signal'], ...SIGNAL_OPTIONS.slice(0, 6)] },
];

const fileText = (file: Json): string => `${text(file, 'mode')} ${number(file, 'size')} ${text(file, 'path')}`;

const manifestFields = (found: Json): readonly Field[] =>
  [
    [text(found, 'work_dir'), asText(object(found, 'manifest'))] as const,
    ['Files', objects(found, 'files').map(fileText).join('\n')] as const,
    ['Warnings', texts(found, 'warnings').join('\n')] as const,
  ]
    .filter(([, value]) => value !== '')
    .map(([label, value]) => ({ name: label, label, kind: 'area', value, readOnly: true }));

/** Nothing, once the name was typed. */
const typed =
  (id: string) =>
  (answers: Answers): Json => {
    if (answers['typed'] !== id) throw new Error(`That is not ${id}`);
    return {};
  };

/** What can be done with a service; what cannot be done now says why. */
export function ServiceActions({ service, commands }: { readonly service: Service; readonly commands: Commands }): JSX.Element {
  const act = useAct();
  const { id } = service;
  const { obstacle, ask, give } = commands;
  const button = (label: string, why: string, onClick: () => void): JSX.Element => (
    <CommandButton why={obstacle || why} onClick={onClick}>
      {label}
    </CommandButton>
  );
  const toggle = service.autostart ? 'Disable' : 'Enable';
  return (
    <div class="buttons actions">
      {button('Start', startObstacle(service), () => give('start'))}
      {button('Stop…', stopObstacle(service), () => give('stop', {}, { question: stopQuestion(service) }))}
      {button(service.state === 'scheduled' ? 'Run now…' : 'Restart…', '', () => give('restart', {}, { question: restartQuestion(service) }))}
      {button('Reset', resetObstacle(service), () => give('reset'))}
      {button('Deploy…', '', () => give('deploy', deployArguments, deployQuestions('deploy', service, commands)))}
      {button('Roll back…', service.release === '' ? 'It has no releases' : '', () => give('rollback', deployArguments, deployQuestions('rollback', service, commands)))}
      <details class="more-actions">
        <summary>More</summary>
        <div class="buttons">
          {button('Hold…', '', () => give('hold', filled, HOLD))}
          {button(toggle, '', () => give(toggle.toLowerCase()))}
          {button('Signal…', processObstacle(service), () => give('signal', filled, SIGNAL))}
          {button('Input…', processObstacle(service), () => give('input', ({ text: input = '', newline }) => ({ text: newline === 'yes' ? `${input}\n` : input }), INPUT))}
          {button('Configuration…', '', () =>
            give('config', ({ set = '', signal }) => filled({ set: asJsonObject(set), signal }), { first: () => ask('config'), fields: (_, found) => configFields(found) }),
          )}
          {button('Manifest…', '', () => act({ title: `manifest of ${id}`, first: () => ask('manifest'), fields: (_, found) => manifestFields(found) }))}
          {button('Remove…', '', () =>
            give('remove', typed(id), {
              question: `Stops ${id} and deletes its folder, data, output and configuration. That cannot be undone.`,
              fields: () => [{ name: 'typed', label: `Type ${id} to go on` }],
            }),
          )}
        </div>
      </details>
    </div>
  );
}
