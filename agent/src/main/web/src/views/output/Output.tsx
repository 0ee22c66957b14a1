import type { JSX } from 'preact';

/** The live output of a service. */
export function Output({ device, service }: { readonly device: string; readonly service: string }): JSX.Element {
  return (
    <section aria-label="output">
      {device} {service}
    </section>
  );
}
