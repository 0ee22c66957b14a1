import type { ComponentChildren, JSX } from 'preact';

interface Props {
  readonly title: string;
  /** What is chosen, or a summary where nothing is. */
  readonly words: string;
  /** What can be chosen, as in `half hour`. */
  readonly unit: string;
  readonly count: number;
  /** Which is chosen; -1 if none is. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  /** Which is at a place from 0 to 1. */
  readonly indexAt: (place: number) => number;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A picture over time. What a pointer shows, the arrow keys show as well; the caption says it in words. */
export function Slider({ title, words, unit, count, chosen, onChoose, indexAt, class: name = '', children }: Props): JSX.Element {
  const last = Math.max(0, count - 1);
  const move = (event: KeyboardEvent): void => {
    const now = chosen < 0 ? count : chosen;
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') onChoose(-1);
    if (next === undefined) return;
    event.preventDefault();
    onChoose(Math.max(0, Math.min(last, next)));
  };
  const point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    onChoose(indexAt((event.clientX - left) / width));
  };
  const leave = (): void => onChoose(-1);
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span class="soft">{words}</span>
      </figcaption>
      <div
        class={name}
        role="slider"
        tabIndex={0}
        aria-label={`${title}: ${unit}`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={chosen < 0 ? last : chosen}
        aria-valuetext={words}
        onKeyDown={move}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={leave}
        onBlur={leave}
      >
        {children}
      </div>
    </figure>
  );
}
