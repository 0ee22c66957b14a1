import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { useSize } from './useSize';

interface Props<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** In pixels; every row has it. */
  readonly rowHeight: number;
  /** The least width of a column, in pixels; one column if it is left out. */
  readonly columnWidth?: number;
  readonly draw: (item: T) => ComponentChildren;
  readonly label: string;
  readonly class?: string;
}

/** Rows above and below the visible ones, so that a scroll has something to show at once. */
const MARGIN = 3;

/**
 * A list of any length in which only what is visible is in the page. Each item is a link or button that can have the
 * focus; the arrow keys, Home and End move it.
 */
export function VirtualList<T>(props: Props<T>): JSX.Element {
  const { items, rowHeight, columnWidth } = props;
  const [frame, { width, height }] = useSize<HTMLDivElement>();
  /** How far it is scrolled, and the item that gets the focus then. */
  const [view, setView] = useState<{ readonly top: number; readonly focus?: number }>({ top: 0 });

  useLayoutEffect(() => {
    if (view.focus !== undefined) frame.current?.querySelector<HTMLElement>(`[aria-posinset="${view.focus + 1}"] :is(a, button)`)?.focus({ preventScroll: true });
  }, [view]);

  const columns = columnWidth === undefined ? 1 : Math.max(1, Math.floor(width / columnWidth));
  const rows = Math.ceil(items.length / columns);
  const first = Math.max(0, Math.min(rows, Math.floor(view.top / rowHeight)) - MARGIN);
  const last = Math.min(rows, Math.ceil((view.top + height) / rowHeight) + MARGIN);
  const shown = items.slice(first * columns, last * columns);

  const move = (event: KeyboardEvent): void => {
    const element = frame.current;
    const index = Number((event.target as Element).closest('li')?.ariaPosInSet ?? NaN) - 1;
    if (element === null || Number.isNaN(index)) return;
    const page = Math.max(1, Math.floor(height / rowHeight)) * columns;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: columns,
      ArrowUp: -columns,
      ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
      PageDown: page,
      PageUp: -page,
      Home: -index,
      End: items.length - 1 - index,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(items.length - 1, index + step));
    const top = Math.floor(next / columns) * rowHeight;
    element.scrollTop = Math.max(top + rowHeight - height, Math.min(top, element.scrollTop));
    setView({ top: element.scrollTop, focus: next });
  };

  return (
    <div ref={frame} class={`virtual ${props.class ?? ''}`} onKeyDown={move} onScroll={(event) => setView({ top: event.currentTarget.scrollTop })} tabIndex={-1}>
      <ul aria-label={props.label} style={{ height: `${rows * rowHeight}px` }}>
        {shown.map((item, offset) => {
          const index = first * columns + offset;
          return (
            <li
              key={props.keyOf(item)}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{
                top: `${Math.floor(index / columns) * rowHeight}px`,
                left: `${((index % columns) * 100) / columns}%`,
                width: `${100 / columns}%`,
                height: `${rowHeight}px`,
              }}
            >
              {props.draw(item)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
