import { objects, text, time, type Json } from '../../fleet/json';
import type { Service } from '../../fleet/model';
import { stepText } from '../../fleet/words';
import type { Commands } from '../../ui/commands';
import type { Answers, Field, Questions } from '../../ui/FormDialog';
import { moment } from '../../common/format';
import { asJsonObject, filled } from './answers';

/** Another release for a service: chosen, its plan looked at, then deployed. */

const SOURCE: Field = {
  name: 'source',
  label: 'From',
  options: [
    ['release', 'a release on the device'],
    ['artifact', 'an archive to fetch'],
    ['payload', 'a payload in JSON'],
  ],
};

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  artifact: [
    { name: 'url', label: 'Address', help: 'https://… or file:///…; several, with spaces, are tried in order', required: true },
    { name: 'sha256', label: 'SHA-256', required: true },
    { name: 'size', label: 'Size in bytes', required: true },
    { name: 'release', label: 'Release', help: 'to be checked with its manifest' },
  ],
  payload: [{ name: 'payload', label: 'Payload', kind: 'area', help: 'with manifest and files, artifact or release', required: true }],
};

const WATCH: readonly Field[] = [
  { name: 'min_healthy', label: 'Healthy for', help: '10s if empty' },
  { name: 'healthy_deadline', label: 'Within', help: '5m if empty' },
  {
    name: 'on_failure',
    label: 'If it fails',
    options: [
      ['', 'go back'],
      ['keep', 'keep the new release'],
    ],
  },
  { name: 'confirm_within', label: 'To be confirmed within' },
  { name: 'force', label: 'even if it failed here before', kind: 'check' },
  { name: 'ignore_hold', label: 'even if somebody holds the service', kind: 'check' },
];

/** What to ask for `deploy` or `rollback`. */
export function deployQuestions(command: 'deploy' | 'rollback', service: Service, { ask }: Commands): Questions {
  const isDeploy = command === 'deploy';
  return {
    first: () => ask('releases'),
    fields: ({ source = '' }, found) => {
      const stored = objects(found, 'releases').filter((release) => text(release, 'id') !== service.release);
      const release: Field = {
        name: isDeploy ? 'release' : 'to',
        label: `Release (now: ${service.release || 'none'})`,
        options: [['', stored.length > 0 ? 'choose…' : 'no other is stored'], ...stored.map((each) => [text(each, 'id'), releaseText(each)] as const)],
        required: true,
      };
      return [...(isDeploy ? [SOURCE] : []), ...(FIELDS[source] ?? [release])];
    },
    more: WATCH,
    plan: async (answers) => {
      const steps = objects(await ask(command, { ...deployArguments(answers), plan: true }), 'plan');
      return steps.length === 0 ? ['Nothing is to be done.'] : steps.map(stepText);
    },
  };
}

function releaseText(release: Json): string {
  const bad = text(release, 'bad');
  return `${text(release, 'id')}, ${moment(time(release, 'stored_at'))}${bad && `, failed here: ${bad}`}`;
}

/**
 * The arguments of both commands (agent/docs/protocol.md), from what somebody has filled in. Whether they are right the device says, when
 * it is asked for the plan.
 *
 * @throws Error if the payload is no JSON object
 */
export function deployArguments({ source, payload = '', url = '', sha256, size, force, ignore_hold, ...others }: Answers): Json {
  return filled({
    ...(source === 'payload' && asJsonObject(payload)),
    artifact: source === 'artifact' && { url: url.split(/\s+/), sha256, size: Number(size) },
    force: force === 'yes',
    ignore_hold: ignore_hold === 'yes',
    ...others,
  });
}
