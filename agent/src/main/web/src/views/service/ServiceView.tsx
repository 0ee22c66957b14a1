import type { JSX } from 'preact';
import { Output } from '../output/Output';

/** One service: how it is and why, what can be done, its charts and its output. */
export function ServiceView({ device, service }: { readonly device: string; readonly service: string }): JSX.Element {
  return (
    <main>
      <h1>
        {device}/{service}
      </h1>
      <Output device={device} service={service} />
    </main>
  );
}
