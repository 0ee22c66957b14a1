import type { JSX } from 'preact';
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

/** The level of a service as it is known: nobody knows how those of a lost device are. */
export function shownLevel(device: Device, service: Service): Level {
  return device.isOnline || device.birth?.reason === 'shutdown' ? service.level : 'unknown';
}

/** `running`, `running, unhealthy`, `unknown, last seen running`. */
export function serviceText(device: Device, service: Service): string {
  if (shownLevel(device, service) === 'unknown' && service.state !== 'unknown') return `unknown, last seen ${service.state}`;
  if (service.state === 'running' && service.health === 'unhealthy') return 'running, unhealthy';
  if (service.state === 'running' && !service.isReady) return 'running, not ready';
  if (service.isCrashLoop) return `${service.state}, crash loop`;
  return service.state;
}

export function deviceText(device: Device): string {
  if (device.isOnline) return 'online';
  return device.birth?.reason === 'shutdown' ? 'shut down' : 'lost';
}

export function ServiceBadge({ device, service }: { readonly device: Device; readonly service: Service }): JSX.Element {
  return <Badge level={shownLevel(device, service)} text={serviceText(device, service)} />;
}

export function DeviceBadge({ device }: { readonly device: Device }): JSX.Element {
  return <Badge level={device.isOnline ? 'good' : device.level} text={deviceText(device)} />;
}
