import type { JSX } from 'preact';
import { MINUTES } from '../../fleet/heartbeats';
import { deviceText, serviceText, shownLevel } from '../../fleet/levels';
import { LEVELS, type Device, type Level, type Service } from '../../fleet/model';
import { Mark } from '../../ui/Badge';
import { ago, plural } from '../../ui/format';
import { href } from '../../ui/router';
import { whyText } from '../service/reasons';

/** One device of the grid: its name, what is wrong with it, and how it was in the last half hour. */
export function DeviceTile({ device }: { readonly device: Device }): JSX.Element {
  const level = device.level;
  return (
    <a class={`tile ${level}`} href={href('device', device.id)}>
      <span class="tile-head">
        <Mark level={device.isOnline ? level : device.level} />
        <strong>{device.id}</strong>
        <span class="soft">{device.isOnline ? ago(device.birth?.since) : deviceText(device)}</span>
      </span>
      <span class="tile-text">{summary(device)}</span>
      <Beats device={device} />
    </a>
  );
}

/** What is wrong, or what there is. */
function summary(device: Device): string {
  if (!device.isOnline) {
    const since = ago(device.birth?.since);
    const when = since === '' ? '' : device.birth?.reason === 'shutdown' ? `for ${since}; ` : `within the last ${since}; `;
    return `${when}${plural(device.services.size, 'service')}`;
  }
  const worst = worstOf(device);
  if (worst === undefined) return plural(device.services.size, 'service') + (device.services.size > 0 ? ', all well' : '');
  const others = device.list().filter((service) => service !== worst && service.level === worst.level).length;
  const why = whyText(worst);
  return `${worst.id}: ${serviceText(device, worst)}${why === '' ? '' : `, ${why}`}${others > 0 ? ` (and ${others} more)` : ''}`;
}

function worstOf(device: Device): Service | undefined {
  let worst: Service | undefined;
  let rank = LEVELS.indexOf('idle');
  for (const service of device.list()) {
    const level = LEVELS.indexOf(shownLevel(device, service));
    if (level > rank) [worst, rank] = [service, level];
  }
  return worst;
}

const WORDS: Readonly<Record<Level, string>> = { good: 'well', idle: 'not running', busy: 'changing', unknown: 'unknown', bad: 'in trouble' };

/** A bar for each of the last minutes that this page has watched: one element, since a grid has many of them. */
function Beats({ device }: { readonly device: Device }): JSX.Element {
  const levels = device.heartbeats.levels(Date.now());
  const bad = levels.filter((level) => level === 'bad').length;
  const text = `the last ${MINUTES} minutes: now ${WORDS[levels[MINUTES - 1] ?? 'unknown']}${bad > 0 ? `, in trouble in ${plural(bad, 'minute')}` : ''}`;
  return <span class="beats" role="img" aria-label={text} title={text} style={{ backgroundImage: gradient(levels) }} />;
}

/** Sharp steps from colour to colour; neighbours of one level are one step. */
function gradient(levels: readonly (Level | undefined)[]): string {
  const steps: string[] = [];
  let from = 0;
  for (let i = 1; i <= levels.length; i++) {
    if (i < levels.length && levels[i] === levels[from]) continue;
    const level = levels[from];
    steps.push(`var(--${level ?? 'line'}) ${(from * 100) / levels.length}% ${(i * 100) / levels.length}%`);
    from = i;
  }
  return `linear-gradient(to right, ${steps.join(', ')})`;
}
