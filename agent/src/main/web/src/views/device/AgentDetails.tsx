import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { flag, number, object, objects, text, texts, time, valueText } from '../../fleet/json';
import { CommandButton, type Commands } from '../../ui/commands';
import { bytes, moment } from '../../common/format';
import { Facts, type Fact } from '../../ui/Facts';
import { Panel } from '../../ui/Panel';
import { AnswerState, useAnswer, type Answer } from '../../ui/useAnswer';

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
  const givenUp = number(broker, 'given_up');
  return (
    <Answered answer={answer} commands={commands}>
      <Facts
        facts={[
          ['connected', flag(broker, 'connected') ? `since ${moment(time(broker, 'since'))}` : 'no'],
          ['connections', number(broker, 'connections')],
          ['last loss', text(broker, 'last_loss')],
          ['largest packet', largest && bytes(largest)],
          ['given up', givenUp, givenUp !== 0],
          ...objects(object(broker, 'refused'), 'topics').map((topic): Fact => ['refused', `${text(topic, 'topic')}: ${text(topic, 'reason')}, ${number(topic, 'count')} times`, true]),
          ...Object.entries(object(broker, 'filters_refused')).slice(0, 20).map(([filter, reason]): Fact => ['may not listen', `${filter}: ${valueText(reason)}`, true]),
          ...texts(broker, 'lacks').map((lack): Fact => ['the broker lacks', lack, true]),
          ...Object.entries(object(info, 'dropped')).map(([what, many]): Fact => [`dropped ${what}`, valueText(many), many !== 0]),
          ['damaged state', texts(info, 'state_damages').join(', '), true],
          ['control groups', text(info, 'cgroups')],
          ['data', text(info, 'data_dir')],
          ['log', text(info, 'log_dir')],
          ['pid', number(info, 'pid')],
        ]}
      />
    </Answered>
  );
}

/** What a device has answered, and a way to ask again. */
function Answered({ answer, commands, children }: { readonly answer: Answer; readonly commands: Commands; readonly children: JSX.Element }): JSX.Element {
  return (
    <>
      <AnswerState answer={answer} />
      {answer.fields !== undefined && children}
      <CommandButton why={commands.obstacle} onClick={answer.again}>
        Refresh
      </CommandButton>
    </>
  );
}

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];
const LINES = 200;

/** Longer than the texts of a document may be. */
const MAX_LOG = 200_000;

function Log({ commands }: { readonly commands: Commands }): JSX.Element {
  const [level, setLevel] = useState('info');
  const [wanted, setWanted] = useState('debug');
  const answer = useAnswer(
    () => commands.ask('logs', { level, lines: LINES }),
    [commands, level],
  );
  const log = answer.fields?.['text'];
  const lines = useRef<HTMLPreElement>(null);
  // The newest lines are the last ones.
  useLayoutEffect(() => lines.current?.scrollTo(0, lines.current.scrollHeight), [log]);
  return (
    <>
      <p>
        <label>
          of level <Level value={level} onChange={setLevel} /> and graver
        </label>
      </p>
      <Answered answer={answer} commands={commands}>
        <pre class="text" tabIndex={0} aria-label="the agent’s log" ref={lines}>
          {(typeof log === 'string' && log.slice(-MAX_LOG)) || 'no lines'}
        </pre>
      </Answered>
      <p>
        <label>
          Log at <Level value={wanted} onChange={setWanted} />
        </label>{' '}
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
      </p>
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
