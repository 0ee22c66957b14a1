import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { heightOf, rowAt, topsOf, type Layout } from './geometry';
import { Line, Note } from './Line';
import { isLine, isSame, keyOf, type Gap, type Line as LineRow, type More, type Shown } from './rows';
import type { Matcher } from './search';
import { indexOf } from './transcript';
import { useRedraw } from '../../ui/app';
import { useSize } from '../../ui/useSize';

interface Props {
  readonly label: string;
  readonly rows: readonly Shown[];
  readonly matcher: Matcher | undefined;
  /** Marked, and shown in the middle, once for each object. */
  readonly reveal: { readonly row: Shown } | undefined;
  readonly isWrapped: boolean;
  readonly hasTimes: boolean;
  readonly isMixed: boolean;
  /** Whether the end stays in view. */
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly onLoad: (row: Gap | More) => void;
  /** Somebody has scrolled to the first rows, or to the last ones. */
  readonly onEdge: (edge: 'older' | 'newer') => void;
}

/** Rows above and below the visible ones, in pixels. */
const MARGIN = 200;

/** So near to the end is at the end, in pixels. */
const NEAR = 6;

/** Of a character, in line heights: about right for any font, and what was drawn is measured. */
const CHARACTER_WIDTH = 0.4;

/**
 * Rows of any number, of which only the visible ones are in the page. What is in view stays where it is when rows come or go
 * above it. Rows are drawn one below the other, so that a selection is copied as it looks.
 */
export function Lines(props: Props): JSX.Element {
  const { rows, isFollowing, isWrapped, hasTimes } = props;
  const [frame, size] = useSize<HTMLDivElement>();
  const body = useRef<HTMLDivElement>(null);
  const redraw = useRedraw();
  const anchor = useRef<{ row: Shown; index: number; delta: number } | undefined>(undefined);
  const revealed = useRef<object | undefined>(undefined);
  const expected = useRef(0);
  const expand = useRef((row: LineRow): void => {
    row.isExpanded = true;
    row.layout = undefined;
    redraw();
  });

  const layout = useMemo<Layout>(() => {
    const lineHeight = frame.current === null ? 20 : parseFloat(getComputedStyle(frame.current).lineHeight);
    const columns = isWrapped ? Math.max(10, Math.floor((size.width - 16) / (lineHeight * CHARACTER_WIDTH))) : undefined;
    return { lineHeight, columns, hasTime: hasTimes };
  }, [size.width, isWrapped, hasTimes]);

  const { reveal } = props;
  const revealing = reveal === undefined || revealed.current === reveal ? -1 : indexOf(rows, reveal.row, 0);
  const tops = topsOf(rows, layout);
  const total = tops[rows.length] ?? 0;
  const at = Math.max(0, Math.min(total - size.height, wanted()));
  const first = rowAt(tops, at - MARGIN);
  const last = Math.min(rows.length, rowAt(tops, at + size.height + MARGIN) + 1);

  /** Where the view should be. */
  function wanted(): number {
    if (revealing >= 0) return (tops[revealing] ?? 0) - size.height / 2;
    if (isFollowing) return total;
    const held = anchor.current;
    if (held === undefined) return expected.current;
    held.index = indexOf(rows, held.row, held.index);
    return held.index < 0 ? 0 : (tops[held.index] ?? 0) + held.delta;
  }

  const hold = (top: number): void => {
    const index = rowAt(tops, top);
    const row = rows[index];
    anchor.current = row === undefined ? undefined : { row, index, delta: top - (tops[index] ?? 0) };
  };

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    hold(at);
    if (revealing >= 0) revealed.current = reveal;
    if (isWrapped && measureRows()) {
      redraw();
      return;
    }
    if (Math.abs(element.scrollTop - at) > 0.5) element.scrollTop = at;
    expected.current = element.scrollTop;
    // Sideways only: the row itself is in view.
    if (revealing >= 0) element.querySelector('.current mark')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

  // What is being selected must not move away.
  useEffect(() => {
    const selected = (): void => {
      const selection = getSelection();
      if (selection?.isCollapsed === false && frame.current?.contains(selection.anchorNode)) props.onFollow(false);
    };
    document.addEventListener('selectionchange', selected);
    return () => document.removeEventListener('selectionchange', selected);
  }, [props.onFollow]);

  /** @returns whether a row is higher or lower than it was thought to be */
  function measureRows(): boolean {
    let isOther = false;
    for (const [i, element] of [...(body.current?.children ?? [])].entries()) {
      const row = rows[first + i];
      if (row === undefined || !isLine(row)) continue;
      const { height } = element.getBoundingClientRect();
      isOther ||= Math.abs(height - heightOf(row, layout)) > 0.5;
      row.height = height;
      row.layout = layout;
    }
    return isOther;
  }

  const scrolled = (): void => {
    const element = frame.current;
    if (element === null || Math.abs(element.scrollTop - expected.current) < 1.5) return;
    const isUp = element.scrollTop < expected.current;
    expected.current = element.scrollTop;
    hold(element.scrollTop);
    const rest = element.scrollHeight - element.clientHeight - element.scrollTop;
    props.onFollow(rest <= NEAR);
    if (isUp && element.scrollTop < element.clientHeight) props.onEdge('older');
    if (!isUp && rest < element.clientHeight) props.onEdge('newer');
    redraw();
  };

  const wheeled = (event: WheelEvent): void => {
    const element = frame.current;
    if (event.deltaY < 0 && element !== null && element.scrollHeight > element.clientHeight) props.onFollow(false);
  };

  return (
    <div
      ref={frame}
      class={`lines${isWrapped ? ' wrapped' : ''}`}
      role="log"
      aria-live="off"
      aria-label={props.label}
      tabIndex={0}
      onScroll={scrolled}
      onWheel={wheeled}
    >
      <div class="all" style={{ height: `${total}px`, paddingTop: `${tops[first] ?? 0}px` }}>
        <div ref={body}>
          {rows.slice(first, last).map((row) =>
            isLine(row) ? (
              <Line
                key={keyOf(row)}
                row={row}
                matcher={props.matcher}
                isCurrent={reveal !== undefined && isSame(row, reveal.row)}
                hasTime={hasTimes}
                isMixed={props.isMixed}
                isExpanded={row.isExpanded === true}
                onExpand={expand.current}
              />
            ) : (
              <Note key={keyOf(row)} row={row} onLoad={props.onLoad} />
            ),
          )}
        </div>
      </div>
    </div>
  );
}
