import type { Point } from '../fleet/metrics';

/** Where values and times are drawn, and which of them are written at the axes. */

export type Scale = (value: number) => number;

export function scale(from: number, to: number, first: number, last: number): Scale {
  const factor = to === from ? 0 : (last - first) / (to - from);
  return (value) => first + (value - from) * factor;
}

/** The round number at or above the highest value, for the top of an axis. With `base` 1024 for bytes. */
export function niceTop(highest: number, base?: 1024): number {
  if (!(highest > 0)) return 1;
  let unit = 1;
  while (base !== undefined && highest / unit >= base) unit *= base;
  const amount = highest / unit;
  const power = 10 ** Math.floor(Math.log10(amount));
  const step = [1, 1.5, 2, 3, 4, 5, 8, 10].find((each) => each * power >= amount * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(6)) * unit;
}

const STEPS_MS = [10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000];

/** Round times within a span, `most` of them or fewer. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS_MS.find((each) => (to - from) / each <= most) ?? to - from;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length <= most; at += step) ticks.push(at);
  return ticks;
}

/** Points in runs that a line joins: a value that is missing, or a silence longer than `gap`, ends one. */
export function runs(points: readonly Point[], gap: number): { at: number; value: number }[][] {
  const found: { at: number; value: number }[][] = [];
  let before: number | undefined;
  for (const { at, value } of points) {
    if (value === undefined) {
      before = undefined;
      continue;
    }
    if (before === undefined || at - before > gap) found.push([]);
    found[found.length - 1]?.push({ at, value });
    before = at;
  }
  return found;
}

/** SVG paths of a run: the line, and what is below it. */
export function paths(run: readonly { at: number; value: number }[], x: Scale, y: Scale, floor: number): { line: string; area: string } {
  const round = (value: number): number => Math.round(value * 10) / 10;
  const line = `M${run.map(({ at, value }) => `${round(x(at))} ${round(y(value))}`).join('L')}`;
  // A line of no length is drawn as a dot, by its round caps.
  return run.length === 1 ? { line: `${line}h0.01`, area: '' } : { line, area: `${line}V${floor}H${round(x(run[0]?.at ?? 0))}Z` };
}

/** The place of the point that is nearest to a time; -1 if there is none. */
export function nearest(points: readonly Point[], at: number): number {
  const distance = (i: number): number => Math.abs((points[i]?.at ?? Infinity) - at);
  return points.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), points.length - 1);
}

/** The point with the highest value; undefined if no point has one. */
export function highest(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>((top, each) => (each.value !== undefined && (top?.value === undefined || each.value > top.value) ? each : top), undefined);
}
