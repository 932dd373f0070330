/** Asks the page's server; null if it does not find what is asked for. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T | null> {
  const response = await fetch(`/page/${path}`, init);
  if (response.status === 404) return null;
  const value: unknown = await response.json();
  if (!response.ok)
    throw new Error((value as { error?: string }).error ?? `The server answers ${response.status}.`);
  return value as T;
}
