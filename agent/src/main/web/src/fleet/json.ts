/**
 * Payloads come from anybody, so they are read without trust: what is missing or of another type is a default, and nothing
 * ever throws.
 */

export type Json = { readonly [key: string]: unknown };

/** Beyond this, a text in a document is nobody's message to a person. */
const MAX_TEXT = 4_096;

const decoder = new TextDecoder();

/** The payload's object; undefined if it is none. */
export const parseObject = (payload: Uint8Array): Json | undefined => parseText(decoder.decode(payload));

export function parseText(json: string): Json | undefined {
  try {
    return asObject(JSON.parse(json));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Own keys only, so that a document cannot reach into the language. */
function own(json: Json, key: string): unknown {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

export function text(json: Json, key: string, otherwise = ''): string {
  const value = own(json, key);
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : otherwise;
}

export function number(json: Json, key: string): number | undefined {
  const value = own(json, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function flag(json: Json, key: string): boolean {
  return own(json, key) === true;
}

export function object(json: Json, key: string): Json {
  return asObject(own(json, key)) ?? {};
}

export function list(json: Json, key: string): readonly unknown[] {
  const value = own(json, key);
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; an empty one in the place of what is none. */
export const objects = (json: Json, key: string): readonly Json[] => list(json, key).map((value) => asObject(value) ?? {});

export function texts(json: Json, key: string): readonly string[] {
  return list(json, key).filter((value): value is string => typeof value === 'string').map((value) => value.slice(0, MAX_TEXT));
}

/** Any value as a person may read it. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 300);

/** Milliseconds since 1970; undefined if it is no time. */
export function time(json: Json, key: string): number | undefined {
  const value = Date.parse(text(json, key));
  return Number.isNaN(value) ? undefined : value;
}
