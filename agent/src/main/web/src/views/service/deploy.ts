import { asJsonObject, type Answers } from '../../ui/FormDialog';

/** The arguments of `deploy` and `rollback` (agent/docs/protocol.md), from what somebody has filled in. */

export type Source = 'release' | 'artifact' | 'payload';

/** @returns a sentence that says what is missing or wrong, else the arguments */
export function deployArguments(source: Source, isRollback: boolean, answers: Answers): Readonly<Record<string, unknown>> | string {
  const value = (name: string): string => (answers[name] ?? '').trim();
  const args: Record<string, unknown> = {};
  if (source === 'payload') {
    const payload = asJsonObject(value('payload'));
    if (typeof payload === 'string') return payload;
    if (!('manifest' in payload) && !('artifact' in payload) && !('release' in payload)) return 'It must have one of manifest, artifact and release';
    Object.assign(args, payload);
  } else if (source === 'artifact') {
    const urls = value('url').split(/\s+/).filter((url) => url !== '');
    if (urls.length === 0) return 'The artifact needs an address';
    if (!/^[0-9a-f]{64}$/.test(value('sha256'))) return 'SHA-256 must have 64 hexadecimal digits in lower case';
    if (!/^[1-9][0-9]*$/.test(value('size'))) return 'The size must be a number of bytes';
    args['artifact'] = { url: urls.length === 1 ? urls[0] : urls, sha256: value('sha256'), size: Number(value('size')) };
    if (value('name') !== '') args['release'] = value('name');
  } else if (value('release') === '') {
    return 'Choose a release';
  } else {
    args[isRollback ? 'to' : 'release'] = value('release');
  }
  for (const name of ['min_healthy', 'healthy_deadline', 'on_failure', 'confirm_within']) {
    if (value(name) !== '') args[name] = value(name);
  }
  for (const name of ['force', 'ignore_hold']) {
    if (value(name) !== '') args[name] = true;
  }
  return args;
}
