import type { JSX } from 'preact';
import { number, object, time } from '../../fleet/json';
import { isOver, labelled } from '../../fleet/words';
import type { Deploy, Service } from '../../fleet/model';
import { CommandButton, type Commands } from '../../ui/commands';
import { Panel } from '../../ui/Panel';
import { bytes, moment, sinceText } from '../../common/format';

/** Which release it runs, the deploy that is under way, and who holds it. */
export function Release({ service, commands }: { readonly service: Service; readonly commands: Commands }): JSX.Element | null {
  const { release, deploy, holds } = service;
  if (deploy === undefined && holds.length === 0) return null;
  return (
    <Panel title={`Release ${release || 'none'}`}>
      {deploy !== undefined && <Deploying deploy={deploy} service={service} commands={commands} />}
      {holds.map(({ by, reason, until }) => (
        <div key={by} class="row">
          <span>
            Held by the {by}
            {labelled(' until ', moment(until))}: {reason}
          </span>
          <CommandButton why={commands.obstacle} onClick={() => commands.give('release-hold', { by }, { words: `release the ${by}’s hold of` })}>
            Release the hold
          </CommandButton>
        </div>
      ))}
    </Panel>
  );
}

interface Props {
  readonly deploy: Deploy;
  readonly service: Service;
  readonly commands: Commands;
}

function Deploying({ deploy, service, commands }: Props): JSX.Element {
  const document = object(service.document, 'deploy');
  const got = number(document, 'bytes');
  const size = number(document, 'size');
  const isUnderWay = !isOver(deploy.state);
  return (
    <>
      <p class={isUnderWay ? 'busy' : deploy.code === '' ? 'soft' : ''}>
        {isUnderWay || deploy.release !== service.release ? deploy.release : 'deploy'}: {deploy.state.replaceAll('_', ' ')}
        {sinceText(time(document, 'since'))}
        {labelled(', before it ', deploy.previous)}.
      </p>
      {deploy.code !== '' && (
        <p class="problem">
          {deploy.code}: {deploy.message}
        </p>
      )}
      {isUnderWay && deploy.percent !== undefined && (
        <p>
          <progress max={100} value={deploy.percent} aria-label="fetched" /> {Math.floor(deploy.percent)} %
          {got !== undefined && size !== undefined && ` (${bytes(got)} of ${bytes(size)})`}
        </p>
      )}
      {isUnderWay && deploy.waiting !== '' && <p>It waits: {deploy.waiting}</p>}
      {isUnderWay && (
        <div class="buttons">
          <CommandButton
            why={commands.obstacle || (deploy.state === 'watching' ? '' : 'It is not watched yet')}
            onClick={() => commands.give('confirm', {}, { words: 'confirm the release of', question: `Ends the watching: ${deploy.release} is good.` })}
          >
            Confirm…
          </CommandButton>
          <CommandButton
            why={commands.obstacle || (deploy.state === 'rolling_back' ? 'It is being taken back' : '')}
            onClick={() =>
              commands.give('cancel', {}, {
                words: 'cancel the deploy of',
                question: `Ends the deploy of ${deploy.release}. If it is in use, the one before comes back.`,
              })
            }
          >
            Cancel it…
          </CommandButton>
        </div>
      )}
    </>
  );
}
