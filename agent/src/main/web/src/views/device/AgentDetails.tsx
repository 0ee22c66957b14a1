import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { flag, list, number, object, objects, text, texts, time, type Json } from '../../fleet/json';
import { CommandButton, type Commands } from '../../ui/commands';
import { bytes, moment } from '../../ui/format';
import { Facts, type Fact } from '../../ui/Facts';
import { Panel } from '../../ui/Panel';
import { AnswerState, useAnswer } from '../../ui/useAnswer';

/*
 * `shutdown` is left out: it ends the agent for good where nothing starts it again, and then nobody can bring it back from
 * here. Whoever wants it has the command line, which asks on the machine's own terms.
 */

/** What an operator looks at when something is odd: asked for when it is opened. */
export function AgentDetails({ commands }: { readonly commands: Commands }): JSX.Element {
  return (
    <Panel title="Agent">
      <Fold title="Connection, losses and damages">
        <Info commands={commands} />
      </Fold>
      <Fold title="Log">
        <Log commands={commands} />
      </Fold>
    </Panel>
  );
}

function Fold({ title, children }: { readonly title: string; readonly children: JSX.Element }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && children}
    </details>
  );
}

function Info({ commands }: { readonly commands: Commands }): JSX.Element {
  const answer = useAnswer(() => commands.ask('info'), [commands]);
  const info = object(answer.fields ?? {}, 'info');
  const broker = object(info, 'broker');
  const limits = object(broker, 'max_packet');
  const largest = number(limits, 'learned') ?? number(limits, 'announced');
  return (
    <>
      <AnswerState answer={answer} />
      {answer.fields !== undefined && (
        <Facts
          facts={[
            ['connected', flag(broker, 'connected') ? `since ${moment(time(broker, 'since'))}` : 'no'],
            ['connections', shown(broker['connections'])],
            ['last loss', shown(broker['last_loss'])],
            ['largest packet', largest === undefined ? '' : bytes(largest)],
            ['given up', shown(broker['given_up']), (number(broker, 'given_up') ?? 0) > 0],
            ...objects(object(broker, 'refused'), 'topics').map((topic): Fact => ['refused', `${text(topic, 'topic')}: ${shown(topic['reason'])}, ${shown(topic['count'])} times`, true]),
            ...Object.entries(object(broker, 'filters_refused')).slice(0, 20).map(([filter, reason]): Fact => ['may not listen', `${filter}: ${shown(reason)}`, true]),
            ...texts(broker, 'lacks').map((lack): Fact => ['the broker lacks', lack, true]),
            ...Object.entries(object(info, 'dropped')).map(([what, many]): Fact => [`dropped ${what}`, shown(many), typeof many === 'number' && many > 0]),
            ['damaged state', list(info, 'state_damages').map(shown).join(', '), true],
            ['control groups', text(info, 'cgroups')],
            ['data', text(info, 'data_dir')],
            ['log', text(info, 'log_dir')],
            ['pid', shown(info['pid'])],
          ]}
        />
      )}
      <button type="button" onClick={answer.again} disabled={commands.obstacle !== ''}>
        Refresh
      </button>
    </>
  );
}

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];
const LINES = 200;

function Log({ commands }: { readonly commands: Commands }): JSX.Element {
  const [level, setLevel] = useState('info');
  const [wanted, setWanted] = useState('debug');
  const answer = useAnswer(
    () => commands.ask('logs', { level, lines: LINES }),
    [commands, level],
  );
  const log: Json = answer.fields ?? {};
  const lines = useRef<HTMLPreElement>(null);
  // The newest lines are the last ones.
  useLayoutEffect(() => lines.current?.scrollTo(0, lines.current.scrollHeight), [answer.fields]);
  return (
    <>
      <div class="row">
        <label>
          of level <Level value={level} onChange={setLevel} /> and graver
        </label>
        <button type="button" onClick={answer.again} disabled={commands.obstacle !== ''}>
          Refresh
        </button>
      </div>
      <AnswerState answer={answer} />
      {answer.fields !== undefined && (
        <pre class="text" tabIndex={0} aria-label="the agent’s log" ref={lines}>
          {rawText(log) || 'no lines'}
        </pre>
      )}
      <div class="row">
        <label>
          Log at <Level value={wanted} onChange={setWanted} />
        </label>
        <CommandButton
          why={commands.obstacle}
          onClick={() =>
            commands.give('log-level', { level: wanted, for: '10m' }, {
              words: `log at ${wanted} for 10 min on`,
              ...(wanted === 'trace' ? { question: 'At trace the log has payloads, and the passwords in them.' } : {}),
            })
          }
        >
          for 10 min
        </CommandButton>
      </div>
    </>
  );
}

function Level({ value, onChange }: { readonly value: string; readonly onChange: (level: string) => void }): JSX.Element {
  return (
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {LEVELS.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  );
}

/** Longer than the texts of a document may be. */
const rawText = (log: Json): string => (typeof log['text'] === 'string' ? log['text'].slice(-200_000) : '');

const shown = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 500);
