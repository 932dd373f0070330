import { type DoubtCode, REASONS, type ReasonCode } from './codes.ts';

/** Collects what an offer says about itself. */
export interface Notes {
  reasonIf(applies: boolean, code: ReasonCode): void;
  doubtIf(applies: boolean, code: DoubtCode): void;
  /** Each once, in the order of the table. */
  reasons(): ReasonCode[];
  /** Each once, sorted. */
  doubts(): DoubtCode[];
}

const REASON_CODES = Object.keys(REASONS) as ReasonCode[];

/** Notes of one offer, empty. */
export function notesOfOffer(): Notes {
  const reasons = new Set<ReasonCode>();
  const doubts = new Set<DoubtCode>();
  return {
    reasonIf: (applies, code) => applies && reasons.add(code),
    doubtIf: (applies, code) => applies && doubts.add(code),
    reasons: () => (reasons.size === 0 ? [] : REASON_CODES.filter((code) => reasons.has(code))),
    doubts: () => [...doubts].sort(),
  };
}
