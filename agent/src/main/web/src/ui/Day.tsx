import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { HALF_HOUR_MS, SEGMENTS, summary, type Beat } from '../fleet/journal';
import type { Service } from '../fleet/model';
import { minuteText, plural } from '../common/format';
import { Slider } from './Slider';
import type { ReadJournal } from './useJournal';

interface Props {
  readonly read: ReadJournal;
  readonly service: Service;
}

/** The last 24 hours of a service; undefined as long as they are not known. */
function useBeats({ read: { journal, problem }, service }: Props): readonly Beat[] | undefined {
  const minute = Math.floor(Date.now() / 60_000);
  return useMemo(
    () => (journal.isRead && problem === '' ? journal.beats(service, Date.now()) : undefined),
    [journal, journal.version, problem, service, minute],
  );
}

const words = ({ from, level, state, changes }: Beat): string =>
  `${minuteText(from)}–${minuteText(from + HALF_HOUR_MS)}: ${level === undefined ? 'nothing is known' : state}${changes === 0 ? '' : `, ${plural(changes, 'change')}`}`;

const bars = (beats: readonly Beat[], chosen?: number): JSX.Element[] =>
  beats.map((beat, i) => <i key={beat.from} class={i === chosen ? `${beat.level} chosen` : `${beat.level}`} title={chosen === undefined ? words(beat) : ''} />);

/** Small bars, for a row of a list. */
export function DayBars(props: Props): JSX.Element {
  const beats = useBeats(props);
  return beats === undefined ? (
    <span class="day" />
  ) : (
    <div class="day" role="img" aria-label={summary(beats, minuteText)}>
      {bars(beats)}
    </div>
  );
}

/** Large bars, of which one can be chosen. */
export function Day(props: Props): JSX.Element | null {
  const beats = useBeats(props);
  const [chosen, setChosen] = useState(-1);
  if (beats === undefined) return null;
  const beat = beats[chosen];
  return (
    <Slider
      title="Last 24 hours"
      words={beat === undefined ? summary(beats, minuteText) : words(beat)}
      unit="half hour"
      count={SEGMENTS}
      chosen={chosen}
      onChoose={setChosen}
      indexAt={(place) => Math.max(0, Math.min(SEGMENTS - 1, Math.floor(place * SEGMENTS)))}
      class="day"
    >
      {bars(beats, chosen)}
    </Slider>
  );
}
