import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { Fleet } from '../fleet/fleet';
import type { Topics } from '../fleet/topics';
import type { Link } from '../link/link';
import type { Requests } from '../link/requests';

/** What every view works with: one connection and what is known over it. */
export interface App {
  readonly link: Link;
  readonly topics: Topics;
  readonly fleet: Fleet;
  readonly requests: Requests;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('a view is outside of the application');
  return app;
}

/** Draws the component again; the same function every time. */
export function useRedraw(): () => void {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  return draw as () => void;
}

/** Draws the component again when `listen` tells of a change, at most once a frame, and not at all while the tab is hidden. */
export function useChanges(listen: (changed: () => void) => () => void, inputs: readonly unknown[] = []): void {
  const redraw = useRedraw();
  useEffect(() => {
    let frame = 0;
    const stop = listen(() => {
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0;
          redraw();
        });
      }
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, inputs);
}

/** The fleet; the component is drawn again when it changes. */
export function useFleet(): Fleet {
  const { fleet } = useApp();
  useChanges((changed) => fleet.onChange(changed), [fleet]);
  return fleet;
}

/** Draws the component again every `ms`, for what shows how long ago something was. */
export function useTick(ms: number): void {
  const redraw = useRedraw();
  useEffect(() => {
    const timer = setInterval(redraw, ms);
    return () => clearInterval(timer);
  }, [ms]);
}
