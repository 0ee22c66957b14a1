import { list, number, object, time, type Json } from '../../fleet/json';
import type { Mark, Piece } from './rows';

/** What a device answers to `logs` (agent/docs/protocol.md). */
export interface Answer {
  readonly piece: Piece;
  /** What was looked at ends here: where to go on, forwards. */
  readonly next: number;
  /** Of the part that was looked at: where to go on, backwards. */
  readonly offset: number;
  /** What the device has, from the first byte to the one after the last. */
  readonly oldest: number;
  readonly end: number;
  readonly isTruncated: boolean;
}

/**
 * Reads an answer. Its piece is where it was in the stream, but for one to `match`: that is counted as if the hits were
 * beside each other, up to `next`.
 *
 * @returns undefined if it is no answer to `logs`
 */
export function readAnswer(fields: Json): Answer | undefined {
  const bytes = bytesOf(fields);
  const offset = number(fields, 'offset');
  const end = number(fields, 'end');
  if (bytes === undefined || !isOffset(offset) || !isOffset(end)) return undefined;
  const next = number(fields, 'next') ?? offset + bytes.length;
  if (!isOffset(next - bytes.length)) return undefined;
  // The last lines may be from both sides of a hole: then it is their end that is known.
  const begin = next - bytes.length;
  return {
    piece: { offset: begin, bytes, marks: marks(object(fields, 'times'), begin, bytes.length) },
    next,
    offset,
    oldest: number(fields, 'oldest') ?? 0,
    end,
    isTruncated: fields['truncated'] === true,
  };
}

/** The last time that a date can have, in milliseconds. */
const MAX_TIME = 8.64e15;

/** Offsets are exact in a number up to 9 PB. */
export function isOffset(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function bytesOf(fields: Json): Uint8Array | undefined {
  const plain = fields['text'];
  if (typeof plain === 'string') return new TextEncoder().encode(plain);
  const coded = fields['base64'];
  if (typeof coded !== 'string') return undefined;
  try {
    return Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Times never go back, so they also put the lines of two streams in order. Where there are none, all is as old as can be. */
function marks(times: Json, offset: number, length: number): Mark[] {
  const base = time(times, 'base');
  const found: Mark[] = [];
  for (const part of base === undefined ? [] : list(times, 'parts')) {
    if (!Array.isArray(part) || typeof part[0] !== 'number' || typeof part[1] !== 'number') continue;
    const at = Math.round((base ?? 0) + part[1]);
    if (Math.abs(at) > MAX_TIME) continue;
    found.push({ end: offset + part[0], at, order: at, seq: 0 });
  }
  return found.length > 0 ? found : [{ end: offset + length, at: undefined, order: 0, seq: 0 }];
}

/** Begins a piece from the middle of the stream with its first whole line, if it has one. */
export function fromWholeLine(piece: Piece): Piece {
  const feed = piece.bytes.indexOf(10);
  if (feed < 0 || feed === piece.bytes.length - 1) return piece;
  return { offset: piece.offset + feed + 1, bytes: piece.bytes.subarray(feed + 1), marks: piece.marks };
}
