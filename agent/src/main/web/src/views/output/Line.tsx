import { Component, type ComponentChildren, type JSX } from 'preact';
import type { Span } from './ansi';
import { spansOf } from './text';
import type { Gap, Line as LineRow, More } from './rows';
import type { Matcher } from './search';
import { bytes, moment } from '../../common/format';

/** Shown of a line, in characters: as it comes, and when somebody asks for all of it. */
const SHOWN = 2_000;
const SHOWN_ALL = 100_000;

export interface LineProps {
  readonly row: LineRow;
  readonly matcher: Matcher | undefined;
  readonly isCurrent: boolean;
  readonly hasTime: boolean;
  /** Whether lines of the other stream are around it. */
  readonly isMixed: boolean;
  readonly isExpanded: boolean;
  readonly onExpand: (row: LineRow) => void;
}

/** One line. Drawn again only if something about it has changed, since most of them stay as they are from frame to frame. */
export class Line extends Component<LineProps> {
  override shouldComponentUpdate(next: Readonly<LineProps>): boolean {
    const keys = Object.keys(next) as (keyof LineProps)[];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  override render(): JSX.Element {
    const { row, matcher, isCurrent, hasTime, isMixed, isExpanded, onExpand } = this.props;
    const { spans, isCut } = spansOf(row, isExpanded ? SHOWN_ALL : SHOWN);
    const isMarked = isMixed && row.stream === 'stderr';
    return (
      <div class={`line${isMarked ? ' err' : ''}${isCurrent ? ' current' : ''}`}>
        {hasTime && <Time at={row.at} />}
        {isMarked && (
          <span class="stream" title="stderr">
            err
          </span>
        )}
        {spans.length === 0 ? <br /> : highlighted(spans, matcher)}
        {isCut && !isExpanded && (
          <button onClick={() => onExpand(row)}>
            show all ({bytes(row.bytes.length)})
          </button>
        )}
        {isCut && isExpanded && <span class="soft"> … cut; a download has all of it</span>}
      </div>
    );
  }
}

function Time({ at }: { readonly at: number | undefined }): JSX.Element {
  if (at === undefined) return <span class="at">unknown </span>;
  return (
    <time class="at" title={new Date(at).toISOString()}>
      {moment(at)}.{String(at % 1000).padStart(3, '0')}{' '}
    </time>
  );
}

/** The spans as elements, with the hits marked; a hit may go over several spans. */
function highlighted(spans: readonly Span[], matcher: Matcher | undefined): ComponentChildren {
  const ranges = matcher?.ranges(spans.map((span) => span.text).join('')) ?? [];
  const parts: ComponentChildren[] = [];
  let at = 0;
  let range = 0;
  for (const { text, look } of spans) {
    const end = at + text.length;
    for (let from = at; from < end; ) {
      while ((ranges[range]?.[1] ?? Infinity) <= from) range++;
      const [begin, over] = ranges[range] ?? [Infinity, Infinity];
      const isHit = begin <= from;
      const to = Math.min(end, isHit ? over : begin);
      const part = text.slice(from - at, to - at);
      parts.push(isHit ? <mark>{part}</mark> : look === '' ? part : <span class={look}>{part}</span>);
      from = to;
    }
    at = end;
  }
  return parts;
}

interface NoteProps {
  readonly row: Gap | More;
  readonly onLoad: (row: Gap | More) => void;
}

/** Says what is not there, and loads it. */
export function Note({ row, onLoad }: NoteProps): JSX.Element {
  if (row.kind !== 'gap') {
    return (
      <div class="note">
        <button onClick={() => onLoad(row)}>
          Load {row.kind} {row.stream}
        </button>
      </div>
    );
  }
  const missing = `${bytes(row.to - row.offset)} of ${row.stream} are missing`;
  return (
    <div class="note gap">
      {row.isGone ? (
        `${missing}, and the device no longer has them`
      ) : (
        <>
          {missing}{' '}
          <button onClick={() => onLoad(row)}>
            Load
          </button>
        </>
      )}
    </div>
  );
}
