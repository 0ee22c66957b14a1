import type { JSX } from 'preact';

export function RolloutsView(props: { readonly group?: string; readonly name?: string }): JSX.Element {
  return <main>Rollouts {props.name}</main>;
}
