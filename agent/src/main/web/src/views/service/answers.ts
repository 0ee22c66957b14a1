import { asObject, type Json } from '../../fleet/json';

/** From what somebody has filled in to what a command takes. */

/** Without what was left empty, which is the device's to decide. */
export const filled = (answers: Json): Json => Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== '' && value !== false));

/** @throws Error that says what is wrong, if it is no JSON object */
export function asJsonObject(source: string): Json {
  const value = asObject(JSON.parse(source));
  if (value === undefined) throw new Error('It must be a JSON object: {…}');
  return value;
}
