import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { readEvent, title } from '../fleet/events';
import { text } from '../fleet/json';
import type { Journal } from '../fleet/journal';
import { Mark } from './Badge';
import { Panel } from './Panel';
import { moment } from '../common/format';

const FIRST = 20;

/** The last events, the newest first. */
export function Events({ journal, problem, isOne = false }: { readonly journal: Journal; readonly problem: string; readonly isOne?: boolean }): JSX.Element {
  const [isAll, setAll] = useState(false);
  const recent = journal.recent();
  return (
    <Panel title="Events">
      {problem !== '' && <p class="soft">No journal: {problem}.</p>}
      {recent.length === 0 && problem === '' && <p class="soft">{journal.isRead ? 'Nothing has happened.' : 'Reading the journal…'}</p>}
      <ol class="events-list">
        {recent.slice(0, isAll ? recent.length : FIRST).map((json) => {
          const event = readEvent('', text(json, 'service'), json);
          return (
            <li key={JSON.stringify(json)}>
              <time>{moment(event.at)}</time>
              <span>
                <Mark level={event.level} /> {!isOne && event.service !== '' && <strong>{event.service} </strong>}
                {title(event)} {event.text}
              </span>
            </li>
          );
        })}
      </ol>
      {recent.length > FIRST && (
        <button class="quiet" onClick={() => setAll(!isAll)}>
          {isAll ? 'Fewer' : `All ${recent.length}`}
        </button>
      )}
    </Panel>
  );
}
