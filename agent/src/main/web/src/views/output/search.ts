import type { Line, Shown } from './rows';
import { plainOf } from './text';
import { problemText } from '../../common/format';

export interface Query {
  readonly query: string;
  readonly isRegex: boolean;
}

/** A search looks at so many characters of a line. */
const MAX_SEARCHED = 16_384;

/** Marks in one line; more are of no use to anybody. */
const MAX_MARKS = 500;

/** Finds a query in what a person sees of a line. Upper and lower case are the same, unless the query has upper case. */
export class Matcher {
  private constructor(private readonly pattern: RegExp) {}

  /** @returns none for an empty query, nor for one that is no regular expression, with the browser's message */
  static of(query: Query): { readonly matcher?: Matcher; readonly problem: string } {
    if (query.query === '') return { problem: '' };
    const source = query.isRegex ? query.query : literal(query.query);
    const flags = hasUpperCase(query.query) ? 'g' : 'gi';
    try {
      return { matcher: new Matcher(new RegExp(source, flags + 'u')), problem: '' };
    } catch (error) {
      try {
        // Without `u`, a browser allows what RE2 does, too, as in `\-`.
        return { matcher: new Matcher(new RegExp(source, flags)), problem: '' };
      } catch {
        return { problem: problemText(error) };
      }
    }
  }

  /** Whether the line has a hit; remembered in the line. */
  matches(line: Line): boolean {
    if (line.seenBy !== this) {
      line.seenBy = this;
      this.pattern.lastIndex = 0;
      line.isHit = this.pattern.test(plainOf(line, MAX_SEARCHED));
    }
    return line.isHit === true;
  }

  /** Where the hits are in a text, without empty ones. */
  ranges(text: string): [from: number, to: number][] {
    const found: [number, number][] = [];
    this.pattern.lastIndex = 0;
    for (let hit = this.pattern.exec(text); hit !== null && found.length < MAX_MARKS; hit = this.pattern.exec(text)) {
      // By a whole character: from within one, the search would begin before it, for ever.
      if (hit[0] === '') this.pattern.lastIndex += (text.codePointAt(hit.index) ?? 0) > 0xffff ? 2 : 1;
      else found.push([hit.index, hit.index + hit[0].length]);
    }
    return found;
  }
}

/** The query as an argument of `logs`, in RE2's syntax. */
export function asRe2({ query: text, isRegex }: Query): string {
  return (hasUpperCase(text) ? '' : '(?i)') + (isRegex ? text : literal(text));
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** `\S` and the like are no upper case. */
const hasUpperCase = (text: string): boolean => /\p{Lu}/u.test(text.replace(/\\[pP]\{[^}]*\}|\\./g, ''));

/** What is shown of a list, and where the hits are in it. */
export interface Found {
  readonly rows: readonly Shown[];
  /** Indices in `rows`, of lines with hits. */
  readonly hits: readonly number[];
  /** Whether every line was looked at; the others come at the next call. */
  readonly isComplete: boolean;
}

/**
 * Looks for hits, for so long; lines that were looked at before cost next to nothing.
 *
 * @param isFilter whether lines without a hit are left out
 */
export function find(rows: readonly Shown[], matcher: Matcher | undefined, isFilter: boolean, limitMs: number): Found {
  if (matcher === undefined) return { rows, hits: [], isComplete: true };
  const deadline = performance.now() + limitMs;
  const shown: Shown[] = [];
  const hits: number[] = [];
  let isComplete = true;
  let looked = 0;
  // From the end: what is new is what a person looks at.
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as Shown;
    if (row.kind !== 'line') {
      shown.push(row);
      continue;
    }
    if (row.seenBy !== matcher && looked++ % 64 === 63 && performance.now() > deadline) isComplete = false;
    const isHit = (isComplete || row.seenBy === matcher) && matcher.matches(row);
    if (isHit) hits.push(shown.length);
    if (isHit || !isFilter) shown.push(row);
  }
  const last = shown.length - 1;
  return { rows: shown.reverse(), hits: hits.reverse().map((index) => last - index), isComplete };
}
