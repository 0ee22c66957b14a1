import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Point } from '../fleet/metrics';
import { minuteText, secondText } from '../common/format';
import { highest, nearest, niceTop, paths, runs, scale, timeTicks } from './scale';
import { Slider } from './Slider';

export interface Series {
  /** Empty if it is the only one. */
  readonly label: string;
  readonly points: readonly Point[];
}

interface Props {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly from: number;
  readonly to: number;
  /** Neighbours that are further apart are not joined, in milliseconds. */
  readonly gap: number;
  /** The end of the axis where it is known, as 100 percent; else what comes decides. */
  readonly top?: number | undefined;
  /** 1024 for bytes, so that the axis ends at a round number of them. */
  readonly base?: 1024;
}

/** Values over time, in a square of 100 that is as wide as there is room. */
export function Chart({ title, series, format, from, to, gap, top = 0, base }: Props): JSX.Element {
  const [chosen, setChosen] = useState<number | undefined>(undefined); // a time, which stays where it is while values come
  const end = top > 0 ? top : niceTop(Math.max(0, ...series.map(({ points }) => highest(points)?.value ?? 0)), base);
  const x = scale(from, to, 0, 100);
  const height = scale(0, end, 100, 0);
  const y = (value: number): number => height(Math.min(value, end));

  const points = series[0]?.points ?? [];
  const index = chosen === undefined ? -1 : nearest(points, chosen);
  const at = points[index]?.at;
  const said = (point: Point | undefined): string => (point?.value === undefined ? 'not measured' : format(point.value));
  const peak = series.length === 1 && points.length > 1 ? highest(points) : undefined;
  // Without a choice that is the last one.
  const words = series.map(({ label, points: own }) => `${label} ${said(own.at(index))}`.trim()).join(', ');
  const when = at !== undefined ? ` at ${secondText(at)}` : peak !== undefined ? `, highest ${said(peak)} at ${minuteText(peak.at)}` : '';

  return (
    <Slider
      title={title}
      words={words + when}
      unit="moment"
      count={points.length}
      chosen={index}
      onChoose={(each) => setChosen(points[each]?.at)}
      indexAt={(place) => nearest(points, scale(0, 1, from, to)(place))}
    >
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="grid" d="M0 0H100M0 100H100" />
        {series.map(({ points: own }, i) => {
          const value = at === undefined ? undefined : own[index]?.value;
          return (
            <g key={i} class={`s${i}`}>
              {runs(own, gap).map((run, each) => {
                const { line, area } = paths(run, x, y, 100);
                return (
                  <g key={each}>
                    {i === 0 && <path class="area" d={area} />}
                    <path class={area === '' ? 'dot' : 'line'} d={line} />
                  </g>
                );
              })}
              {value !== undefined && <path class="dot" d={paths([{ at: at ?? 0, value }], x, y, 100).line} />}
            </g>
          );
        })}
        {at !== undefined && <path class="cross" d={`M${x(at)} 0V100`} />}
      </svg>
      <span>{format(end)}</span>
      {timeTicks(from, to, 3).map((tick) => (
        <span key={tick} style={{ left: `clamp(1rem, ${x(tick)}%, 100% - 1rem)` }}>
          {minuteText(tick)}
        </span>
      ))}
    </Slider>
  );
}
