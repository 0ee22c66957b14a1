import type { JSX, RefObject } from 'preact';
import { SHOWS, type Settings } from './settings';
import { count } from '../../common/format';

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
  readonly input: RefObject<HTMLInputElement | null>;
  /** What is wrong with the query; empty if nothing is. */
  readonly problem: string;
  /** How many lines have a hit, and which of them is the current one. */
  readonly hits: string;
  readonly onStep: (step: 1 | -1) => void;
  readonly onDevice: () => void;
}

const AGO = ['5m', '15m', '1h', '6h', '24h'];

/** Everything that can be done with output; in a narrow window, what is not needed all the time is behind a button. */
export function Toolbar(props: Props): JSX.Element {
  const { settings, onChange, problem, onStep } = props;
  const isEmpty = settings.query === '';
  const toggle = (key: 'isWrapped' | 'hasTimes' | 'isRegex' | 'isFilter', text: string, more: Partial<ToolProps> = {}): JSX.Element => (
    <Tool isOn={settings[key]} onClick={() => onChange({ [key]: !settings[key] })} {...more}>
      {text}
    </Tool>
  );
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onChange({ query: '' });
    else return;
    event.preventDefault();
  };
  return (
    <div class="row">
      <div class="row" role="group" aria-label="Streams">
        {SHOWS.map((each) => (
          <Tool key={each} isOn={settings.shows === each} onClick={() => onChange({ shows: each })}>
            {each}
          </Tool>
        ))}
      </div>
      <Tool isOn={props.isPaused} isOff={props.isPast} onClick={props.onPause}>
        Pause
      </Tool>
      <details class="more-actions tools" open={matchMedia('(min-width: 40rem)').matches}>
        <summary>More</summary>
        <div class="row">
          {toggle('isWrapped', 'Wrap')}
          {toggle('hasTimes', 'Times')}
          <Tool onClick={props.onClear}>Clear</Tool>
          <Tool onClick={props.onDownload}>Download</Tool>
          <details class="more-actions">
            <summary>Go to time</summary>
            <Times onGoTo={props.onGoTo} />
          </details>
        </div>
      </details>
      <div class="row search" role="search">
        <input
          ref={props.input}
          type="search"
          aria-label="Search the output"
          placeholder="Search ( / )"
          title="Without an upper case letter, case does not matter. Enter and Shift+Enter go from hit to hit."
          spellcheck={false}
          autocomplete="off"
          value={settings.query}
          aria-invalid={problem !== ''}
          onInput={(event) => onChange({ query: event.currentTarget.value })}
          onKeyDown={keyed}
        />
        {toggle('isRegex', '.*', { label: 'regular expression' })}
        <Tool label="previous hit" isOff={props.hits === ''} onClick={() => onStep(-1)}>
          ↑
        </Tool>
        <Tool label="next hit" isOff={props.hits === ''} onClick={() => onStep(1)}>
          ↓
        </Tool>
        {toggle('isFilter', 'Only hits', { isOff: isEmpty })}
        <Tool isOff={isEmpty} onClick={props.onDevice}>
          On the device
        </Tool>
        {!isEmpty && (problem === '' ? <span class="soft">{props.hits || 'no lines'}</span> : <span class="problem" role="alert">{problem}</span>)}
      </div>
    </div>
  );
}

/** What is said of the hits; empty if there are none. */
export function hitsText(position: number, hits: number, isComplete: boolean): string {
  const text = `${position > 0 ? `${count(position)} of ` : ''}${count(hits)}${isComplete ? '' : '…'} lines`;
  return hits === 0 && isComplete ? '' : text;
}

interface ToolProps {
  readonly children: string;
  readonly onClick: () => void;
  /** Undefined if it cannot be switched on and off. */
  readonly isOn?: boolean;
  readonly isOff?: boolean;
  /** For a symbol. */
  readonly label?: string;
}

const Tool = ({ children, onClick, isOn, isOff, label }: ToolProps): JSX.Element => (
  <button aria-pressed={isOn} aria-label={label} title={label} disabled={isOff} onClick={onClick}>
    {children}
  </button>
);

function Times({ onGoTo }: Pick<Props, 'onGoTo'>): JSX.Element {
  return (
    <div class="row">
      {AGO.map((since) => (
        <Tool key={since} onClick={() => onGoTo(since)}>{`${since} ago`}</Tool>
      ))}
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          const [time] = new FormData(event.currentTarget).values();
          onGoTo(new Date(String(time)).toISOString());
        }}
      >
        <input type="datetime-local" name="time" step="1" required aria-label="Show the output from this time on" />
        <button>Show</button>
      </form>
    </div>
  );
}
