import type { ComponentChildren, JSX } from 'preact';

interface Props {
  readonly title: string;
  /** Whether the title is for those only who do not see the page. */
  readonly isPlain?: boolean;
  readonly children: ComponentChildren;
}

export function Panel({ title, isPlain = false, children }: Props): JSX.Element {
  return (
    <section class="panel" aria-label={title}>
      <h2 class={isPlain ? 'visually-hidden' : ''}>{title}</h2>
      {children}
    </section>
  );
}
