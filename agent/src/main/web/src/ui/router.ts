import { useEffect, useState } from 'preact/hooks';

/** Where the page is, in the part of its address behind `#`, so that a place can be bookmarked and sent to somebody. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter((part) => part !== '').map(decode), query: new URLSearchParams(query) };
}

/** An address that somebody has typed may be no encoding. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `#/device/gate7/camera`. */
export function href(...path: readonly string[]): string {
  return '#/' + path.map(encodeURIComponent).join('/');
}

export function go(...path: readonly string[]): void {
  location.hash = href(...path);
}

/** Changes one value of the query, without a new entry in the history. Empty removes it. */
export function setQuery(key: string, value: string): void {
  const { path, query } = parse(location.hash);
  if (value === '') query.delete(key);
  else query.set(key, value);
  const text = query.toString();
  history.replaceState(null, '', href(...path) + (text === '' ? '' : '?' + text));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const listen = (): void => setRoute(parse(location.hash));
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  return route;
}
