/** A part of a line that looks alike. */
export interface Span {
  readonly text: string;
  /** Classes of output.css; nothing but these ever comes out of an escape sequence. */
  readonly look: string;
}

/**
 * Escape sequences (ECMA-48): CSI with its parameters and what ends it; OSC and the like with the text up to their
 * terminator, if there is one; others. Then what is not shown as it is: controls, line separators, and what changes the
 * direction of the text around it. Then plain text.
 */
const TOKEN =
  /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~]?)|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c))?|\x1b[ -/]*[0-~]?|([\0-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069])|([^\0-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+)/g;

/** By the code that begins each; the code that ends it is 20 higher. */
const ATTRIBUTES = ['', 'bold', 'dim', 'italic', 'underline', '', '', 'inverse', '', 'strike'];

/** Most parameters of a sequence that are looked at. */
const MAX_PARAMETERS = 32;

/**
 * What a terminal would show of a line: colours as classes, the state after the last carriage return, no other effect of
 * any escape sequence. Other control characters become visible symbols.
 *
 * @param max characters of the result; more is cut
 */
export function parse(text: string, max: number): { spans: Span[]; isCut: boolean } {
  const style = new Style();
  let spans: Span[] = [];
  // Takes effect with the next character, so that a carriage return at the end of a line has none.
  let returns = false;
  for (const [, parameters, end, control, plain] of text.replace(/\r?\n$/, '').matchAll(TOKEN)) {
    if (end === 'm') style.apply(parameters ?? '');
    // To the first column, and erase the line: what progress bars use in place of a carriage return.
    else if (control === '\r' || (end === 'G' && /^1?$/.test(parameters ?? ''))) returns = true;
    else if (end === 'K' && parameters === '2') spans = [];
    else if (control === '\b') eraseLast(spans);
    else if (control !== undefined || plain !== undefined) {
      if (returns) spans = [];
      returns = false;
      append(spans, plain ?? symbol(control ?? ''), style.look);
    }
  }
  return cut(spans, max);
}

function append(spans: Span[], text: string, look: string): void {
  const last = spans[spans.length - 1];
  if (last?.look === look) spans[spans.length - 1] = { text: last.text + text, look };
  else spans.push({ text, look });
}

function eraseLast(spans: Span[]): void {
  const last = spans.pop();
  if (last !== undefined && last.text.length > 1) spans.push({ ...last, text: last.text.slice(0, -1) });
}

function cut(spans: readonly Span[], max: number): { spans: Span[]; isCut: boolean } {
  let room = max;
  const kept: Span[] = [];
  for (const { text, look } of spans) {
    if (room > 0) kept.push({ text: text.slice(0, room), look });
    room -= text.length;
  }
  return { spans: kept, isCut: room < 0 };
}

class Style {
  private readonly on = new Set<string>();
  /** 0 to 15; undefined is the theme's. */
  private front: number | undefined;
  private back: number | undefined;
  look = '';

  apply(parameters: string): void {
    // `38:2::1:2:3` is the same as `38;2;1;2;3`, but for an empty one.
    const codes = parameters.replace(/:2::/g, ';2;').split(/[;:]/, MAX_PARAMETERS).map(Number);
    for (let code = codes.shift(); code !== undefined; code = codes.shift()) this.set(code, codes);
    // On a coloured ground the text has the theme's ground colour, which is the contrast that is known to be enough.
    const isInverse = this.on.has('inverse');
    const ground = isInverse ? this.front : this.back;
    const colour = ground ?? (isInverse ? undefined : this.front);
    const names = [colour === undefined ? '' : colour > 8 ? `c${colour - 8} bright` : `c${colour}`, isInverse || ground !== undefined ? 'ground' : '', ...this.on];
    this.look = names.filter((each) => each !== '' && each !== 'inverse').join(' ');
  }

  /** @param more the codes behind it, of which it takes what belongs to it */
  private set(code: number, more: number[]): void {
    const digit = code % 10;
    const tens = (code - digit) / 10;
    if (code === 0) {
      this.on.clear();
      this.front = this.back = undefined;
    } else if (tens === 0 && ATTRIBUTES[digit]) this.on.add(ATTRIBUTES[digit]);
    else if (tens === 2) {
      this.on.delete(ATTRIBUTES[digit] ?? '');
      if (digit === 2) this.on.delete('bold');
    } else if (tens === 3 || tens === 9) this.front = colourOf(digit, tens === 9, more);
    else if (tens === 4 || tens === 10) this.back = colourOf(digit, tens === 10, more);
  }
}

function colourOf(digit: number, isBright: boolean, more: number[]): number | undefined {
  if (digit < 8) return isBright ? digit + 8 : digit;
  if (digit === 9 || isBright) return undefined;
  const kind = more.shift();
  if (kind === 2) return nearest(more.splice(0, 3));
  const index = kind === 5 ? more.shift() : undefined;
  if (index === undefined || index < 16) return index;
  // 24 shades of grey follow a cube of 6 x 6 x 6 colours.
  if (index > 231) return nearest(Array<number>(3).fill(index * 10 - 2_312));
  return nearest([36, 6, 1].map((divisor) => Math.floor((index - 16) / divisor) % 6).map((level) => level && level * 40 + 55));
}

/** One of the 16 colours, each bit of which stands for red, green, blue or bright. */
function nearest(parts: readonly number[]): number {
  const most = Math.max(...parts);
  return most < 64 ? 0 : parts.reduce((sum, part, i) => sum + (part * 2 > most ? 1 << i : 0), most > 230 ? 8 : 0);
}

/** `␀` for NUL; `⟨U+202E⟩` for what has no symbol. */
function symbol(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
