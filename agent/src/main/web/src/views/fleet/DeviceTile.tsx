import type { JSX } from 'preact';
import { MINUTES } from '../../fleet/heartbeats';
import { deviceText, serviceText } from '../../fleet/levels';
import type { Device, Level } from '../../fleet/model';
import { Mark } from '../../ui/Badge';
import { ago, plural } from '../../common/format';
import { href } from '../../ui/router';
import { whyText } from '../service/reasons';

/** One device of the grid: its name, what is wrong with it, and how it was in the last half hour. */
export function DeviceTile({ device }: { readonly device: Device }): JSX.Element {
  const { id, level, isOnline, birth } = device;
  return (
    <a class={`tile ${level}`} href={href('device', id)}>
      <span class="row">
        <strong>
          <Mark level={level} /> {id}
        </strong>
        <span class="soft">{isOnline ? ago(birth?.since) : deviceText(device)}</span>
      </span>
      <span>{summary(device)}</span>
      <Beats device={device} />
    </a>
  );
}

/** What is wrong, or what there is. */
function summary(device: Device): string {
  const services = plural(device.services.size, 'service');
  if (!device.isOnline) {
    const { since, reason } = device.birth ?? {};
    return (since === undefined ? '' : `${reason === 'shutdown' ? 'for' : 'within the last'} ${ago(since)}; `) + services;
  }
  if (device.level === 'good') return services + (device.services.size > 0 ? ', all well' : '');
  const [worst, ...others] = device.list().filter(({ level }) => level === device.level);
  if (worst === undefined) return services;
  const why = whyText(worst);
  return `${worst.id}: ${serviceText(device, worst)}${why === '' ? '' : `, ${why}`}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}

const WORDS: Readonly<Record<Level, string>> = { good: 'well', idle: 'not running', busy: 'changing', unknown: 'unknown', bad: 'in trouble' };

/** A bar for each of the last minutes that this page has watched: one element, since a grid has many of them. */
function Beats({ device }: { readonly device: Device }): JSX.Element {
  const levels = device.heartbeats.levels(Date.now());
  const bad = levels.filter((level) => level === 'bad').length;
  const text = `the last ${MINUTES} minutes: now ${WORDS[levels[MINUTES - 1] ?? 'unknown']}${bad > 0 ? `, in trouble in ${plural(bad, 'minute')}` : ''}`;
  return <span class="beats" role="img" aria-label={text} title={text} style={{ backgroundImage: gradient(levels) }} />;
}

/** Sharp steps from colour to colour, each from the end of the one before; neighbours of one level are one step. */
function gradient(levels: readonly (Level | undefined)[]): string {
  const steps = levels.map((level, i) => (i + 1 < MINUTES && level === levels[i + 1] ? '' : `, var(--${level ?? 'line'}) 0 ${((i + 1) * 100) / MINUTES}%`));
  return `linear-gradient(to right${steps.join('')})`;
}
