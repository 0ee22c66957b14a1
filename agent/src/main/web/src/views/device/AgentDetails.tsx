import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asObject, flag, list, number, object, text, texts, time, type Json } from '../../fleet/json';
import { AnswerState, CommandButton, useAnswer, type Commands } from '../../ui/commands';
import { bytes, count, moment } from '../../ui/format';
import { Fact } from '../../ui/Fact';

/*
 * `shutdown` is left out: it ends the agent for good where nothing starts it again, and then nobody can bring it back from
 * here. Whoever wants it has the command line, which asks on the machine's own terms.
 */

/** What an operator looks at when something is odd: asked for when it is opened. */
export function AgentDetails({ commands }: { readonly commands: Commands }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="agent">
      <h2 id="agent">Agent</h2>
      <Fold title="Connection, losses and damages">
        <Info commands={commands} />
      </Fold>
      <Fold title="Log">
        <Log commands={commands} />
      </Fold>
    </section>
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
  const answer = useAnswer(() => (commands.obstacle === '' ? commands.ask('info') : Promise.reject(new Error(commands.obstacle))), [commands]);
  const info = object(answer.reply?.fields ?? {}, 'info');
  const broker = object(info, 'broker');
  const limits = object(broker, 'max_packet');
  const largest = number(limits, 'learned') ?? number(limits, 'announced');
  const refused = list(object(broker, 'refused'), 'topics').map((topic) => asObject(topic) ?? {});
  const refusedFilters = Object.entries(object(broker, 'filters_refused')).slice(0, 20);
  return (
    <>
      <AnswerState answer={answer} />
      {answer.reply !== undefined && (
        <dl class="facts">
          <Fact name="connected" value={flag(broker, 'connected') ? `since ${moment(time(broker, 'since'))}` : 'no'} />
          <Fact name="connections" value={shown(broker['connections'])} />
          <Fact name="last loss" value={shown(broker['last_loss']) || 'none'} />
          <Fact name="largest packet" value={largest === undefined ? 'no limit is known' : bytes(largest)} />
          <Fact name="given up" value={shown(broker['given_up'])} isBad={(number(broker, 'given_up') ?? 0) > 0} />
          {refused.map((topic, i) => (
            <Fact key={i} name="refused" value={`${text(topic, 'topic')}: ${shown(topic['reason'])}, ${shown(topic['count'])} times`} isBad />
          ))}
          {refusedFilters.map(([filter, reason]) => (
            <Fact key={filter} name="may not listen" value={`${filter}: ${shown(reason)}`} isBad />
          ))}
          {texts(broker, 'lacks').map((lack, i) => (
            <Fact key={i} name="the broker lacks" value={lack} isBad />
          ))}
          {Object.entries(object(info, 'dropped')).map(([what, many]) => (
            <Fact key={what} name={`dropped ${what}`} value={typeof many === 'number' ? count(many) : shown(many)} isBad={typeof many === 'number' && many > 0} />
          ))}
          <Fact
            name="damaged state"
            value={list(info, 'state_damages').map(shown).join(', ') || 'none'}
            isBad={list(info, 'state_damages').length > 0}
          />
          <Fact name="control groups" value={text(info, 'cgroups')} />
          <Fact name="data" value={text(info, 'data_dir')} />
          <Fact name="log" value={text(info, 'log_dir')} />
          <Fact name="pid" value={shown(info['pid'])} />
        </dl>
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
    () => (commands.obstacle === '' ? commands.ask('logs', { level, lines: LINES }) : Promise.reject(new Error(commands.obstacle))),
    [commands, level],
  );
  const log: Json = answer.reply?.fields ?? {};
  const lines = useRef<HTMLPreElement>(null);
  // The newest lines are the last ones.
  useLayoutEffect(() => lines.current?.scrollTo(0, lines.current.scrollHeight), [answer.reply]);
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
      {answer.reply !== undefined && (
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
              ...(wanted === 'trace' ? { question: 'At trace the log has the payloads of messages, passwords in them as well.' } : {}),
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
