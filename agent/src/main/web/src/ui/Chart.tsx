import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Point } from '../fleet/metrics';
import { minuteText, secondText } from './format';
import { highest, nearest, niceTop, paths, runs, scale, timeTicks } from './scale';
import { Slider } from './Slider';
import { useSize } from './useSize';

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
  readonly top?: number;
  /** 1024 for bytes, so that the axis ends at a round number of them. */
  readonly base?: 1000 | 1024;
}

const HEIGHT = 92;
const TOP = 8;
const FLOOR = 72;
const MARGIN = 6;

/** Values over time. */
export function Chart({ title, series, format, from, to, gap, top, base = 1000 }: Props): JSX.Element {
  const [frame, size] = useSize<HTMLDivElement>();
  const width = Math.max(100, size.width);
  const [chosen, setChosen] = useState<number | undefined>(undefined); // a time, which stays where it is while values come

  const axis = useMemo(() => {
    const end = top ?? niceTop(Math.max(0, ...series.map(({ points }) => highest(points)?.value ?? 0)), base);
    const y = scale(0, end, FLOOR, TOP);
    const x = scale(from, to, MARGIN, width - MARGIN);
    const drawn = series.map(({ points }) => runs(points, gap).map((run) => paths(run, x, (value) => y(Math.min(value, end)), FLOOR)));
    return { end, x, y, drawn, ticks: timeTicks(from, to, Math.max(2, Math.floor(width / 80))) };
  }, [series, from, to, gap, top, base, width]);

  const points = series[0]?.points ?? [];
  const index = chosen === undefined ? -1 : nearest(points, chosen);
  const at = points[index]?.at;
  const words = series
    .filter(({ points: own }) => highest(own) !== undefined)
    .map(({ label, points: own }) => (label === '' ? '' : `${label} `) + (at !== undefined ? said(own[index], format) : series.length > 1 ? said(own[own.length - 1], format) : latest(own, format)))
    .join(', ');
  const time = at === undefined ? '' : ` at ${secondText(at)}`;

  return (
    <Slider
      title={title}
      words={(words || 'nothing yet') + time}
      unit="moment"
      count={points.length}
      chosen={index}
      onChoose={(each) => setChosen(points[each]?.at)}
      indexAt={(place) => nearest(points, scale(MARGIN, width - MARGIN, from, to)(place * width))}
      frame={frame}
    >
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <path class="grid" d={`M0 ${TOP}H${width}M0 ${FLOOR}H${width}`} />
        {axis.drawn.map((drawn, i) =>
          drawn.map(({ line, area }, each) => (
            <g key={`${i}/${each}`} class={`series s${i}`}>
              {i === 0 && <path class="area" d={area} />}
              <path class={area === '' ? 'line dot' : 'line'} d={line} />
            </g>
          )),
        )}
        {axis.ticks.map((tick) => (
          <text key={tick} x={Math.max(16, Math.min(width - 16, axis.x(tick)))} y={HEIGHT - 4} text-anchor="middle">
            {minuteText(tick)}
          </text>
        ))}
        <text x={2} y={TOP + 11}>
          {format(axis.end)}
        </text>
        {at !== undefined && <path class="cross" d={`M${axis.x(at)} ${TOP}V${FLOOR}`} />}
        {at !== undefined &&
          series.map(({ points: own }, i) => {
            const value = own[index]?.value;
            return value === undefined ? null : <circle key={i} class={`s${i}`} cx={axis.x(at)} cy={axis.y(Math.min(value, axis.end))} r={3.5} />;
          })}
      </svg>
    </Slider>
  );
}

const said = (point: Point | undefined, format: (value: number) => string): string => (point?.value === undefined ? 'not measured' : format(point.value));

/** `12 %, highest 80 % at 21:40`. */
function latest(points: readonly Point[], format: (value: number) => string): string {
  const top = highest(points);
  if (top?.value === undefined) return '';
  const now = said(points[points.length - 1], format);
  return points.length === 1 ? now : `${now}, highest ${format(top.value)} at ${minuteText(top.at)}`;
}
