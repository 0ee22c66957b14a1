import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Fleet } from '../fleet/fleet';
import { Topics } from '../fleet/topics';
import { Link, type LinkState } from '../link/link';
import { Requests } from '../link/requests';
import { Actions } from '../ui/actions';
import { AppContext, type App } from '../ui/app';
import { ConnectForm } from './ConnectForm';
import { forget, load, remember, type Access } from './access';
import { Header } from './Header';
import { Views } from './Views';

/** The whole page: asks for the broker where it must, then shows the fleet. */
export function Page(): JSX.Element {
  const [access, setAccess] = useState<Access>(load);
  const [isEditing, setEditing] = useState(access.url === '');
  const app = useMemo(() => (access.url === '' ? undefined : open(access)), [access]);
  const state = useLinkState(app?.link);

  useEffect(() => () => {
    app?.fleet.close();
    app?.link.close();
  }, [app]);

  const connect = (wanted: Access): void => {
    if (wanted.isKept) remember(wanted);
    else forget();
    setEditing(false);
    setAccess(wanted);
  };

  if (app === undefined || isEditing || (state.kind === 'refused' && app.fleet.list().length === 0)) {
    return (
      <ConnectForm
        access={access}
        problem={state.kind === 'refused' ? state.reason : ''}
        onConnect={connect}
        {...(app !== undefined && state.kind !== 'refused' ? { onCancel: () => setEditing(false) } : {})}
      />
    );
  }
  return (
    <AppContext.Provider value={app}>
      <Actions>
        <Header state={state} onEdit={() => setEditing(true)} />
        <Views />
      </Actions>
    </AppContext.Provider>
  );
}

function open(access: Access): App {
  const link = new Link(access);
  return {
    link,
    topics: new Topics(access.prefix),
    fleet: new Fleet(link, access.prefix),
    requests: new Requests(link, access.prefix),
  };
}

function useLinkState(link: Link | undefined): LinkState {
  const [state, setState] = useState<LinkState>(link?.state ?? { kind: 'closed' });
  useEffect(() => {
    setState(link?.state ?? { kind: 'closed' });
    return link?.onState(setState);
  }, [link]);
  return state;
}
