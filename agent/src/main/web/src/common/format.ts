/** Numbers and times as a person reads them. Everything else is shown as it came. */

const plain = new Intl.NumberFormat('en');
const clock = (second?: '2-digit') => new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second, hourCycle: 'h23' }).format;
const day = new Intl.DateTimeFormat('sv'); // 2026-11-27

/** `21:40`. */
export const minuteText = clock();

/** `21:40:02`. */
export const secondText = clock('2-digit');

export const count = (value: number): string => plain.format(value);

/** `1 device`, `2 devices`. */
export const plural = (value: number, word: string): string => `${count(value)} ${word}${value === 1 ? '' : 's'}`;

const STEPS: readonly [limit: number, divisor: number, unit: string][] = [
  [60_000, 1_000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [Infinity, 86_400_000, 'd'],
];

/** `12 s`, `5 min`, `3 h`, `12 d`: the largest unit, rounded down. */
export function duration(ms: number): string {
  const [, divisor, unit] = STEPS.find(([limit]) => ms < limit) ?? [0, 86_400_000, 'd'];
  return `${count(Math.max(0, Math.floor(ms / divisor)))} ${unit}`;
}

export const ago = (time: number | undefined, now = Date.now()): string => (time === undefined ? '' : duration(now - time));

/** Local time, with the day unless it is today: `21:40:02`, `2026-11-22 21:40:02`. */
export function moment(time: number | undefined, now = Date.now()): string {
  if (time === undefined) return '';
  const date = day.format(time);
  return date === day.format(now) ? secondText(time) : `${date} ${secondText(time)}`;
}

/** ` since 21:40:02`, or nothing. */
export const sinceText = (time: number | undefined): string => (time === undefined ? '' : ` since ${moment(time)}`);

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `512 B`, `1.4 MiB`. */
export function bytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (Math.abs(amount) >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** What went wrong, whatever was thrown. */
export const problemText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
