import type { JSX } from 'preact';
import type { ShownService } from '../../fleet/selection';
import { ServiceBadge } from '../../ui/Badge';
import { ago, plural } from '../../common/format';
import { href } from '../../ui/router';
import { whyText } from '../service/reasons';

/** One service of the fleet. */
export function ServiceRow({ device, service }: ShownService): JSX.Element {
  return (
    <a class="service-row" href={href('device', device.id, service.id)}>
      <span>
        <span class="soft">{device.id}/</span>
        <strong>{service.id}</strong>
      </span>
      <span>
        <ServiceBadge device={device} service={service} />
      </span>
      <span class="wide soft" title="since">
        {ago(service.since)}
      </span>
      <span class="wide mono">{service.release}</span>
      <span class="why soft">{whyText(service) || (service.restarts > 0 ? plural(service.restarts, 'restart') : '')}</span>
    </a>
  );
}
