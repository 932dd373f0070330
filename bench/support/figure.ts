/** One thing measured, with the target it has to meet where it has one. */
export type Figure = {
  name: string;
  value: number;
  /** `×` for a ratio, else a unit such as `µs`. */
  unit: string;
  target?: { atMost: number } | { atLeast: number };
  /** What a reader needs beside the value. */
  note?: string;
};

/** A figure's value with its unit, to three significant digits. */
export function measuredOf({ value, unit }: Figure): string {
  return withUnit(value, unit);
}

/** A figure's target, such as `at most 3.5×`; empty without one. */
export function targetOf({ target, unit }: Figure): string {
  if (target === undefined) return '';
  return 'atMost' in target
    ? `at most ${withUnit(target.atMost, unit)}`
    : `at least ${withUnit(target.atLeast, unit)}`;
}

/** Whether a figure meets its target; a figure without one does. */
export function isMet({ value, target }: Figure): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function withUnit(value: number, unit: string): string {
  const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: Math.abs(value) < 1_000 ? 3 : 4 });
  return `${digits.format(value)}${unit === '×' ? '' : ' '}${unit}`;
}
