/**
 * JSON whose numbers stay as they are written. A document that the page changes may have numbers that JavaScript cannot
 * hold, such as `9007199254740993` in a service's configuration.
 */

/** Marks a number among the texts; a private character that no document has a use for. */
const MARK = '\uE000';

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

export type Exact = { [key: string]: Exact } | Exact[] | string | boolean | null;
export type ExactObject = { [key: string]: Exact };

/** @throws SyntaxError if it is no object, or uses the mark */
export function parseExact(text: string): ExactObject {
  if (text.includes(MARK)) throw new SyntaxError('the document has a private character, which the page uses itself');
  const value: unknown = JSON.parse(text.replace(TOKENS, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('the document is no JSON object');
  return value as ExactObject;
}

export function stringifyExact(value: Exact): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}

export const exactNumber = (value: number): string => MARK + String(value);

/** The number that is meant; undefined if it is none. */
export function asNumber(value: Exact | undefined): number | undefined {
  return typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : undefined;
}

/** The object that is meant; an empty one if it is none. */
export function asExactObject(value: Exact | undefined): ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
