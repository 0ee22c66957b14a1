/** A part of a line that looks alike. */
export interface Span {
  readonly text: string;
  /** Classes of output.css; nothing but these ever comes out of an escape sequence. */
  readonly look: string;
}

interface Style {
  /** 0 to 15; undefined is the theme's. */
  front: number | undefined;
  back: number | undefined;
  readonly on: Set<Attribute>;
}

type Attribute = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike';

const ATTRIBUTES: Readonly<Record<number, Attribute>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike', 21: 'underline' };

const ENDS: Readonly<Record<number, readonly Attribute[]>> = { 22: ['bold', 'dim'], 23: ['italic'], 24: ['underline'], 27: ['inverse'], 29: ['strike'] };

/** What is not shown as it is: controls, line separators, and what changes the direction of the text around it. */
const SPECIAL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const NEXT = new RegExp(SPECIAL, 'g');

/** CSI, with its parameters and what ends it (ECMA-48, 5.4). */
const CSI = /(?:\x1b\[|\x9b)([\x30-\x3f]{0,256})[\x20-\x2f]{0,16}([\x40-\x7e])?/y;
/** OSC, DCS, SOS, PM, APC: a text up to its terminator. */
const STRING = /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])/y;
const TERMINATOR = /\x07|\x1b\\|\x9c/g;
const OTHER = /\x1b(?:[\x20-\x2f]{1,16}[\x30-\x7e]?|[\x30-\x7e])?/y;

/** How far before a carriage return colours are looked for. */
const LOOK_BACK = 4_096;

/** Most parameters of a sequence that are looked at. */
const MAX_PARAMETERS = 32;

/**
 * What a terminal would show of a line: colours as classes, the state after the last carriage return, no other effect of
 * any escape sequence. Other control characters become visible symbols.
 *
 * @param max characters of the result; more is cut
 */
export function parse(text: string, max: number): { spans: Span[]; isCut: boolean } {
  const body = text.replace(/\r?\n$/, '');
  if (!SPECIAL.test(body)) return { spans: body === '' ? [] : [{ text: body.slice(0, max), look: '' }], isCut: body.length > max };
  const parser = new Parser(body, max);
  parser.run();
  return { spans: parser.spans, isCut: parser.isCut };
}

class Parser {
  spans: Span[] = [];
  isCut = false;
  private size = 0;
  private limit = 0;
  private readonly style: Style = { front: undefined, back: undefined, on: new Set() };
  /** A carriage return takes effect with the next character, so that the one at the end of a line has none. */
  private returns = false;
  /** No string ends behind here, so that looking for it again and again is of no use. */
  private hasTerminators = true;

  constructor(
    private readonly text: string,
    private readonly max: number,
  ) {}

  run(): void {
    const { text } = this;
    const lastReturn = text.lastIndexOf('\r', text.length - 2);
    let at = Math.max(0, lastReturn - LOOK_BACK);
    while (at < text.length && !this.isCut) {
      NEXT.lastIndex = at;
      const special = NEXT.exec(text)?.index ?? text.length;
      // What is before a return is overwritten, so it must not use up the room.
      this.limit = at < lastReturn ? Infinity : this.max;
      if (special > at) this.print(text.slice(at, special));
      at = special < text.length ? this.control(special) : special;
    }
  }

  /** @returns where to go on */
  private control(at: number): number {
    const character = this.text[at] ?? '';
    if (character === '\r') this.returns = true;
    else if (character === '\b') this.erase();
    else if ('\x1b\x90\x98\x9b\x9d\x9e\x9f'.includes(character)) return this.escape(at);
    else this.print(symbol(character));
    return at + 1;
  }

  private escape(at: number): number {
    CSI.lastIndex = at;
    const csi = CSI.exec(this.text);
    if (csi !== null) {
      this.sequence(csi[1] ?? '', csi[2] ?? '');
      return CSI.lastIndex;
    }
    STRING.lastIndex = at;
    if (STRING.test(this.text)) return this.string(STRING.lastIndex);
    OTHER.lastIndex = at;
    return OTHER.test(this.text) ? OTHER.lastIndex : at + 1;
  }

  /** A string without an end would swallow all that follows: then it is only its beginning that is left out. */
  private string(begin: number): number {
    if (!this.hasTerminators) return begin;
    TERMINATOR.lastIndex = begin;
    this.hasTerminators = TERMINATOR.test(this.text);
    return this.hasTerminators ? TERMINATOR.lastIndex : begin;
  }

  private sequence(parameters: string, end: string): void {
    if (end === 'm') this.paint(parameters);
    // To the first column, and erase the line: what progress bars use in place of a carriage return.
    else if (end === 'G' && (parameters === '' || parameters === '1')) this.returns = true;
    else if (end === 'K' && parameters === '2') this.restart();
  }

  private print(text: string): void {
    if (this.returns) this.restart();
    const room = this.limit - this.size;
    this.isCut = text.length > room;
    const shown = this.isCut ? text.slice(0, room) : text;
    if (shown === '') return;
    this.size += shown.length;
    const look = lookOf(this.style);
    const last = this.spans[this.spans.length - 1];
    if (last?.look === look) this.spans[this.spans.length - 1] = { text: last.text + shown, look };
    else this.spans.push({ text: shown, look });
  }

  private restart(): void {
    this.returns = false;
    this.spans = [];
    this.size = 0;
  }

  private erase(): void {
    const last = this.spans.pop();
    if (last === undefined) return;
    this.size--;
    if (last.text.length > 1) this.spans.push({ text: last.text.slice(0, -1), look: last.look });
  }

  private paint(parameters: string): void {
    // `38:2::1:2:3` is the same as `38;2;1;2;3`, but for an empty one.
    const codes = parameters.replace(/:2::/g, ';2;').split(/[;:]/, MAX_PARAMETERS).map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? 0;
      if (code === 38 || code === 48) {
        const [colour, used] = extended(codes, i + 1);
        i += used;
        if (colour === undefined) continue;
        if (code === 38) this.style.front = colour;
        else this.style.back = colour;
      } else {
        this.attribute(code);
      }
    }
  }

  private attribute(code: number): void {
    const { style } = this;
    const attribute = ATTRIBUTES[code];
    if (code === 0) {
      style.on.clear();
      style.front = style.back = undefined;
    } else if (attribute !== undefined) style.on.add(attribute);
    else if (ENDS[code] !== undefined) ENDS[code].forEach((each) => style.on.delete(each));
    else if (code >= 30 && code <= 37) style.front = code - 30;
    else if (code >= 90 && code <= 97) style.front = code - 82;
    else if (code >= 40 && code <= 47) style.back = code - 40;
    else if (code >= 100 && code <= 107) style.back = code - 92;
    else if (code === 39) style.front = undefined;
    else if (code === 49) style.back = undefined;
  }
}

function lookOf({ front, back, on }: Style): string {
  const isInverse = on.has('inverse');
  // On a coloured ground the text has the theme's ground colour, which is the contrast that is known to be enough.
  const ground = isInverse ? (front === undefined ? 'gt' : `g${front}`) : back === undefined ? '' : `g${back}`;
  const names: string[] = ground !== '' ? [ground] : front === undefined ? [] : [`f${front}`];
  on.forEach((each) => each !== 'inverse' && names.push(each));
  return names.join(' ');
}

/** 256 colours and true colours. @returns the nearest of 16, and how many parameters they took */
function extended(codes: readonly number[], at: number): [colour: number | undefined, used: number] {
  if (codes[at] === 5) return [indexed(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) return [nearest([codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0]), 4];
  return [undefined, 1];
}

function indexed(index: number): number | undefined {
  if (!(index >= 0 && index <= 255)) return undefined;
  if (index < 16) return index;
  if (index >= 232) return nearest(Array<number>(3).fill(8 + (index - 232) * 10));
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return nearest([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

/** As xterm shows them. */
const PALETTE = '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff'
  .split(' ')
  .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

function nearest(colour: readonly number[]): number {
  const distances = PALETTE.map((each) => each.reduce((sum, part, i) => sum + (part - (colour[i] ?? 0)) ** 2, 0));
  return distances.indexOf(Math.min(...distances));
}

/** `␀` for NUL; `⟨U+202E⟩` for what has no symbol. */
function symbol(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
