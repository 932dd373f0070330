/** Whether something ended because its signal was aborted: by Ctrl-C. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
