import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { HALF_HOUR_MS, SEGMENTS, summary, type Beat } from '../fleet/journal';
import { plural } from './format';
import { Slider } from './Slider';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Of 100. What is worse is higher, so that it can be told without colours. */
const HEIGHTS = { good: 50, idle: 25, busy: 70, unknown: 70, bad: 100 } as const;

const words = ({ from, level, state, changes }: Beat): string =>
  `${clock.format(from)}–${clock.format(from + HALF_HOUR_MS)}: ${level === undefined ? 'nothing is known' : state}${changes === 0 ? '' : `, ${plural(changes, 'change')}`}`;

function Bars({ beats, chosen }: { readonly beats: readonly Beat[]; readonly chosen?: number | undefined }): JSX.Element {
  return (
    <svg viewBox={`0 0 ${SEGMENTS * 10} 100`} preserveAspectRatio="none" aria-hidden="true">
      {beats.map((beat, i) => {
        const height = beat.level === undefined ? 8 : HEIGHTS[beat.level];
        return (
          <g key={beat.from} class={`beat ${beat.level ?? 'none'}`}>
            <rect class="room" x={i * 10} y={0} width={10} height={100} />
            <rect class={chosen === i ? 'chosen' : ''} x={i * 10 + 1} y={100 - height} width={8} height={height} />
            {chosen === undefined && <title>{words(beat)}</title>}
          </g>
        );
      })}
    </svg>
  );
}

/** A small one, for a row of a list. */
export function DayBars({ beats }: { readonly beats: readonly Beat[] }): JSX.Element {
  return (
    <div class="day" role="img" aria-label={summary(beats, clock.format)}>
      <Bars beats={beats} />
    </div>
  );
}

/** The last 24 hours of a service. */
export function Day({ beats }: { readonly beats: readonly Beat[] }): JSX.Element {
  const [chosen, setChosen] = useState(-1);
  const beat = beats[chosen];
  return (
    <Slider
      title="Last 24 hours"
      words={beat === undefined ? summary(beats, clock.format) : words(beat)}
      unit="half hour"
      count={SEGMENTS}
      chosen={chosen}
      onChoose={setChosen}
      indexAt={(place) => Math.max(0, Math.min(SEGMENTS - 1, Math.floor(place * SEGMENTS)))}
      class="day large"
    >
      <Bars beats={beats} chosen={chosen} />
    </Slider>
  );
}
