import { useEffect, useState } from 'preact/hooks';

/** The address contains everything that is chosen, so that a reload and a shared address show the same. */
export type Location = { path: string; query: URLSearchParams };

const CHANGED = 'location-changed';

/** The part of the query that every view keeps. */
const KEPT = ['company', 'groups', 'seller', 'currency', 'quantity', 'date'];

function current(): Location {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

/** The current address; updates when it changes. */
export function useLocation(): Location {
  const [location, setLocation] = useState(current);
  useEffect(() => {
    const follow = () => setLocation(current());
    window.addEventListener('popstate', follow);
    window.addEventListener(CHANGED, follow);
    return () => {
      window.removeEventListener('popstate', follow);
      window.removeEventListener(CHANGED, follow);
    };
  }, []);
  return location;
}

/** Changes parameters of the query; an empty text removes one. */
export function setQuery(changes: Record<string, string>): void {
  const { path, query } = current();
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  window.history.replaceState(null, '', text === '' ? path : `${path}?${text}`);
  window.dispatchEvent(new Event(CHANGED));
}

/** The address of another view, with the choices at the top of the page. */
export function addressOf(path: string): string {
  const kept = [...current().query].filter(([name]) => KEPT.includes(name));
  const text = new URLSearchParams(kept).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Goes to another view of the page. */
export function navigate(path: string): void {
  window.history.pushState(null, '', addressOf(path));
  window.dispatchEvent(new Event(CHANGED));
  window.scrollTo(0, 0);
}
