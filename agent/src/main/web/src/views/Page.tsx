import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Fleet } from '../fleet/fleet';
import { Topics } from '../fleet/topics';
import { Link } from '../link/link';
import { Requests } from '../link/requests';
import { Actions } from '../ui/actions';
import { AppContext, useChanges, type App } from '../ui/app';
import { ConnectForm } from './ConnectForm';
import { load, remember, type Access } from './access';
import { Header } from './Header';
import { Views } from './Views';

/** The whole page: asks for the broker where it must, then shows the fleet. */
export function Page(): JSX.Element {
  const [access, setAccess] = useState<Access>(load);
  const [isEditing, setEditing] = useState(access.url === '');
  const app = useMemo(() => (access.url === '' ? undefined : open(access)), [access]);
  useChanges(
    (changed) => {
      changed();
      return app?.link.onState(changed) ?? (() => undefined);
    },
    [app],
  );

  useEffect(() => () => {
    app?.fleet.close();
    app?.link.close();
  }, [app]);

  const connect = (wanted: Access): void => {
    remember(wanted);
    setEditing(false);
    setAccess(wanted);
  };

  const isRefused = app?.link.state.kind === 'refused';
  if (app === undefined || isEditing || (isRefused && app.fleet.list().length === 0)) {
    const problem = isRefused ? app.link.state.reason : undefined;
    return <ConnectForm access={access} problem={problem} onConnect={connect} onCancel={app === undefined || isRefused ? undefined : () => setEditing(false)} />;
  }
  return (
    <AppContext.Provider value={app}>
      <Actions>
        <Header state={app.link.state} onEdit={() => setEditing(true)} />
        <Views />
      </Actions>
    </AppContext.Provider>
  );
}

function open(access: Access): App {
  const link = new Link(access);
  const topics = new Topics(access.prefix);
  return { link, topics, fleet: new Fleet(link, topics), requests: new Requests(link, topics) };
}
