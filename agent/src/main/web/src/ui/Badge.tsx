import type { JSX } from 'preact';
import { deviceText, serviceText, shownLevel } from '../fleet/levels';
import type { Device, Level, Service } from '../fleet/model';

/** A mark for each level, since colours alone are not for everybody. */
const MARKS: Readonly<Record<Level, string>> = { good: '●', idle: '○', busy: '◐', bad: '▲', unknown: '?' };

export function Mark({ level }: { readonly level: Level }): JSX.Element {
  return (
    <span class={`mark ${level}`} aria-hidden="true">
      {MARKS[level]}
    </span>
  );
}

export function Badge({ level, text }: { readonly level: Level; readonly text: string }): JSX.Element {
  return (
    <span class={`badge ${level}`}>
      <Mark level={level} /> {text}
    </span>
  );
}

export function ServiceBadge({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  return <Badge level={shownLevel(device, service)} text={serviceText(device, service)} />;
}

export function DeviceBadge({ device }: { readonly device: Device }): JSX.Element {
  return <Badge level={device.isOnline ? 'good' : device.level} text={deviceText(device)} />;
}
