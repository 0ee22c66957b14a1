import type { Device, Level, Service } from './model';

/** The level of a service as it is known: nobody knows how those of a lost device are. */
export function shownLevel(device: Device, service: Service): Level {
  return device.isOnline || device.birth?.reason === 'shutdown' ? service.level : 'unknown';
}

/** `running`, `running, unhealthy`, `unknown, last seen running`. */
export function serviceText(device: Device, service: Service): string {
  if (shownLevel(device, service) === 'unknown' && service.state !== 'unknown') return `unknown, last seen ${service.state}`;
  if (service.isCrashLoop) return `${service.state}, crash loop`;
  if (service.state === 'running' && service.health === 'unhealthy') return 'running, unhealthy';
  if (service.state === 'running' && !service.isReady) return 'running, not ready';
  return service.state;
}

export function deviceText(device: Device): string {
  if (device.isOnline) return 'online';
  return device.birth?.reason === 'shutdown' ? 'shut down' : 'lost';
}
