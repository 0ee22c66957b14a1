import type { Properties } from './packets';

/** Reason codes of MQTT 5 (2.4), as far as a user can do something about them. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [0x10, 'nobody listens to this topic'],
  [0x84, 'the broker does not speak MQTT 5'],
  [0x86, 'wrong username or password'],
  [0x87, 'not authorized'],
  [0x8b, 'server is shutting down'],
  [0x8e, 'another client uses this client id'],
  [0x97, 'quota exceeded'],
]);

/** From here on, a code is an error (MQTT 5, 2.4). */
export const FIRST_ERROR = 0x80;

/** What a code means, with the broker's own words if it sent some: `not authorized (0x87)`. */
export function reasonText(code: number, properties: Properties = {}): string {
  const hex = '0x' + code.toString(16).padStart(2, '0');
  const word = WORDS.get(code);
  const said = properties.reason ?? '';
  const text = word === undefined ? `reason ${hex}` : `${word} (${hex})`;
  return said !== '' ? `${text}: ${said.slice(0, 200)}` : text;
}

/** Codes after which another try with the same credentials is of no use. */
export function isRefusal(code: number): boolean {
  return [0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c].includes(code);
}
