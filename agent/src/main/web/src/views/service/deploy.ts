import { asJsonObject, type Answers } from '../../ui/FormDialog';

/**
 * The arguments of `deploy` and `rollback` (agent/docs/protocol.md), from what somebody has filled in.
 *
 * @throws Error that says what is missing or wrong
 */
export function deployArguments(isRollback: boolean, answers: Answers): Readonly<Record<string, unknown>> {
  const { source = 'release', payload = '', url = '', sha256 = '', size = '', name = '', release = '' } = answers;
  const args: Record<string, unknown> = {};
  const check = (isRight: boolean, problem: string): void => {
    if (!isRight) throw new Error(problem);
  };
  if (source === 'payload') {
    Object.assign(args, asJsonObject(payload));
    check('manifest' in args || 'artifact' in args || 'release' in args, 'It must have a manifest, an artifact or a release');
  } else if (source === 'artifact') {
    const urls = url.split(/\s+/).filter((each) => each !== '');
    check(urls.length > 0, 'The artifact needs an address');
    check(/^[0-9a-f]{64}$/.test(sha256), 'SHA-256 has 64 hexadecimal digits in lower case');
    check(/^[1-9][0-9]*$/.test(size), 'The size is a number of bytes');
    args['artifact'] = { url: urls.length === 1 ? urls[0] : urls, sha256, size: Number(size) };
    if (name !== '') args['release'] = name;
  } else {
    check(release !== '', 'Choose a release');
    args[isRollback ? 'to' : 'release'] = release;
  }
  for (const key of ['min_healthy', 'healthy_deadline', 'on_failure', 'confirm_within', 'force', 'ignore_hold']) {
    const value = answers[key] ?? '';
    if (value !== '') args[key] = value === 'yes' ? true : value;
  }
  return args;
}
