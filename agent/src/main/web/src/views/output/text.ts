import { parse, type Span } from './ansi';
import type { Line } from './rows';

const CARRIAGE_RETURN = 13;

/** A character is four bytes of UTF-8 at most, and this much more is for escape sequences. */
const BYTES_PER_CHARACTER = 4;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of a line. Bytes that are no UTF-8 become U+FFFD; a character that is not there yet in full is left out.
 *
 * @param max about so many characters are needed; the rest may be left out, unless a carriage return makes it the beginning
 */
export function decode(line: Line, max: number): { text: string; isPart: boolean } {
  const { bytes } = line;
  const enough = max * BYTES_PER_CHARACTER;
  const isPart = bytes.length > enough && bytes.lastIndexOf(CARRIAGE_RETURN, bytes.length - 3) < 0;
  const text = decoder.decode(bytes.subarray(0, isPart ? enough : bytes.length), { stream: true });
  decoder.decode(); // forgets the character that is not there in full
  return { text, isPart };
}

/** What is shown of a line: `max` characters at most. */
export function spansOf(line: Line, max: number): { spans: Span[]; isCut: boolean } {
  const { text, isPart } = decode(line, max + 1);
  const { spans, isCut } = parse(text, max);
  return { spans, isCut: isCut || isPart };
}

/** The same without its look. */
export function plainOf(line: Line, max: number): string {
  return spansOf(line, max).spans.map((span) => span.text).join('');
}
