import { useEffect, useState } from 'preact/hooks';

/** Asks the page's server. Returns null if there is no such thing. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T | null> {
  const response = await fetch(`/page/${path}`, init);
  if (response.status === 404) return null;
  const value: unknown = await response.json();
  if (!response.ok)
    throw new Error((value as { error?: string }).error ?? `The server answers ${response.status}.`);
  return value as T;
}

/** What the page's server answers, asked again when `version` changes; null until then, and if there is no such thing. */
export function useAnswer<T>(path: string, version?: unknown): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    ask<T>(path).then(setAnswer, () => {});
  }, [path, version]);
  return answer;
}
