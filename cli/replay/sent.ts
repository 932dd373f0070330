/** The parts of a result of which a broker tells nothing. */
export const NOTHING_TOLD = {
  ok: false,
  status: null,
  outcome: null,
  problem: null,
  error: null,
  unreachable: false,
  retryAfterSeconds: null,
} as const;
