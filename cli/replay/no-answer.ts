/** The faults that every other message to the same address would meet as well. */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
};

/** Says in a few words why `fetch` brought no answer. */
export function describeNoAnswer(error: unknown, timeoutMs: number): { error: string; unreachable: boolean } {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { error: `no answer within ${timeoutMs / 1000} s`, unreachable: false };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { error: 'interrupted before the answer came', unreachable: false };
  }
  const code = codeOf(error);
  const known = code === null ? undefined : UNREACHABLE[code];
  if (known) return { error: known, unreachable: true };
  return { error: `connection failed${code === null ? '' : ` (${code})`}`, unreachable: false };
}

/** `fetch` fails with a bare `TypeError`; what happened to the connection is its cause. */
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}
