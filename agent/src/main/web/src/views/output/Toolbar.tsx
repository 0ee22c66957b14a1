import type { JSX, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import type { Settings } from './settings';
import { count } from '../../ui/format';

interface Props {
  readonly settings: Settings;
  readonly onChange: (change: Partial<Settings>) => void;
  readonly isPaused: boolean;
  /** Whether output of the past is shown, which cannot be paused. */
  readonly isPast: boolean;
  readonly onPause: () => void;
  readonly onClear: () => void;
  readonly onDownload: () => void;
  /** A time as `logs` understands it. */
  readonly onGoTo: (since: string) => void;
  readonly search: SearchProps;
}

interface SearchProps {
  readonly input: RefObject<HTMLInputElement | null>;
  /** What is wrong with the query; empty if nothing is. */
  readonly problem: string;
  /** Lines with a hit, and which of them is the current one, from 1; 0 if there is none. */
  readonly hits: number;
  readonly position: number;
  readonly isComplete: boolean;
  readonly onStep: (step: 1 | -1) => void;
  readonly onDevice: () => void;
}

const SHOWS: readonly Settings['shows'][] = ['both', 'stdout', 'stderr'];

/** Everything that can be done with output; in a narrow window, what is not needed all the time is behind a button. */
export function Toolbar(props: Props): JSX.Element {
  const { settings, onChange, isPaused } = props;
  const [isOpen, setOpen] = useState(false);
  const [isTiming, setTiming] = useState(false);
  return (
    <div class="tools">
      <div class="row">
        <div class="choice" role="group" aria-label="Streams">
          {SHOWS.map((each) => (
            <Toggle key={each} isOn={settings.shows === each} onClick={() => onChange({ shows: each })}>
              {each}
            </Toggle>
          ))}
        </div>
        <button type="button" aria-pressed={isPaused} disabled={props.isPast} onClick={props.onPause}>
          Pause
        </button>
        <button type="button" class="more-tools" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          More
        </button>
        <div class={`row others${isOpen ? ' open' : ''}`}>
          <Toggle isOn={settings.isWrapped} onClick={() => onChange({ isWrapped: !settings.isWrapped })}>
            Wrap
          </Toggle>
          <Toggle isOn={settings.hasTimes} onClick={() => onChange({ hasTimes: !settings.hasTimes })}>
            Times
          </Toggle>
          <button type="button" aria-expanded={isTiming} onClick={() => setTiming(!isTiming)}>
            Go to time
          </button>
          <button type="button" onClick={props.onClear}>
            Clear
          </button>
          <button type="button" onClick={props.onDownload}>
            Download
          </button>
        </div>
        <Search {...props.search} settings={settings} onChange={onChange} />
      </div>
      {isTiming && <Times onGoTo={props.onGoTo} />}
    </div>
  );
}

function Toggle({ isOn, onClick, children }: { readonly isOn: boolean; readonly onClick: () => void; readonly children: string }): JSX.Element {
  return (
    <button type="button" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}

function Search(props: SearchProps & Pick<Props, 'settings' | 'onChange'>): JSX.Element {
  const { settings, onChange, problem, hits, position, onStep } = props;
  const isEmpty = settings.query === '';
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onChange({ query: '' });
    else return;
    event.preventDefault();
  };
  return (
    <div class="row search" role="search">
      <input
        ref={props.input}
        type="search"
        aria-label="Search the output"
        placeholder="Search ( / )"
        title="Upper and lower case are the same, unless there is an upper case letter in it. Enter and Shift+Enter go from hit to hit."
        spellcheck={false}
        autocomplete="off"
        value={settings.query}
        aria-invalid={problem !== ''}
        onInput={(event) => onChange({ query: event.currentTarget.value })}
        onKeyDown={keyed}
      />
      <button type="button" aria-pressed={settings.isRegex} aria-label="regular expression" title="regular expression" onClick={() => onChange({ isRegex: !settings.isRegex })}>
        .*
      </button>
      <button type="button" aria-label="previous hit" disabled={hits === 0} onClick={() => onStep(-1)}>
        ↑
      </button>
      <button type="button" aria-label="next hit" disabled={hits === 0} onClick={() => onStep(1)}>
        ↓
      </button>
      <button type="button" aria-pressed={settings.isFilter} disabled={isEmpty} onClick={() => onChange({ isFilter: !settings.isFilter })}>
        Only hits
      </button>
      <button type="button" disabled={isEmpty} title="Search all that the device has kept" onClick={props.onDevice}>
        On the device
      </button>
      {!isEmpty && (
        <span class={problem === '' ? 'soft' : 'problem'} role={problem === '' ? undefined : 'alert'}>
          {problem !== '' ? problem : `${position > 0 ? `${count(position)} of ` : ''}${count(hits)}${props.isComplete ? '' : '…'} lines`}
        </span>
      )}
    </div>
  );
}

const AGO: readonly [since: string, text: string][] = [
  ['5m', '5 min ago'],
  ['15m', '15 min ago'],
  ['1h', '1 h ago'],
  ['6h', '6 h ago'],
  ['24h', '1 day ago'],
  ['168h', '7 days ago'],
];

function Times({ onGoTo }: { readonly onGoTo: (since: string) => void }): JSX.Element {
  const [time, setTime] = useState('');
  const moment = new Date(time);
  const isTime = !Number.isNaN(moment.getTime());
  return (
    <form
      class="row times"
      onSubmit={(event) => {
        event.preventDefault();
        if (isTime) onGoTo(moment.toISOString());
      }}
    >
      {AGO.map(([since, text]) => (
        <button key={since} type="button" onClick={() => onGoTo(since)}>
          {text}
        </button>
      ))}
      <input type="datetime-local" step="1" aria-label="Show the output from this time on" value={time} onInput={(event) => setTime(event.currentTarget.value)} />
      <button type="submit" disabled={!isTime}>
        Show
      </button>
    </form>
  );
}
