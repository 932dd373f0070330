import { availableParallelism, cpus, totalmem } from 'node:os';
import Table from 'cli-table3';

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

/** A benchmark's figures under its title. */
export type Result = { title: string; figures: readonly Figure[] };

/** Wide enough for most figures; longer remarks are wrapped. */
const WIDTHS = [56, 16, 18, 44];
const HEAD = ['Figure', 'Measured', 'Target', ''];

/** A benchmark's figures as a table for a terminal. */
export function toTable({ title, figures }: Result): string {
  const table = new Table({ head: HEAD, colWidths: WIDTHS, wordWrap: true, style: { head: [], border: [] } });
  table.push(...figures.map(rowOf));
  return `${title}\n${table.toString()}`;
}

/** The figures of all benchmarks as the page that is kept, written today by `command`. */
export function toMarkdown(results: readonly Result[], command: string): string {
  const sections = results.map(({ title, figures }) =>
    [
      `## ${title}`,
      '',
      `| ${HEAD.join(' | ')} |`,
      '| --- | ---: | --- | --- |',
      ...figures.map((figure) => `| ${rowOf(figure).join(' | ')} |`),
    ].join('\n'),
  );
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${memory} GB`;
  return `${[
    '# Benchmark results',
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. ${machine}; Node.js ${process.version}.`,
    'Ratios are taken between measurements side by side in one run; times are this machine’s, and other work may run on it.',
    ...sections,
  ].join('\n\n')}\n`;
}

/** Tells of each figure that misses its target, and lets the process fail for it. */
export function reportMissed(results: readonly Result[]): void {
  for (const figure of results.flatMap(({ figures }) => figures)) {
    if (isMet(figure)) continue;
    console.error(`Missed: ${figure.name}: ${measuredOf(figure)}, target ${targetOf(figure)}.`);
    process.exitCode = 1;
  }
}

function rowOf(figure: Figure): string[] {
  const verdict = figure.target === undefined ? [] : [isMet(figure) ? 'met' : 'MISSED'];
  const remarks = figure.note === undefined ? verdict : [...verdict, figure.note];
  return [figure.name, measuredOf(figure), targetOf(figure), remarks.join('; ')];
}

/** A figure without a target meets it. */
function isMet({ value, target }: Figure): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function measuredOf({ value, unit }: Figure): string {
  return withUnit(value, unit);
}

function targetOf({ target, unit }: Figure): string {
  if (target === undefined) return '';
  return 'atMost' in target
    ? `at most ${withUnit(target.atMost, unit)}`
    : `at least ${withUnit(target.atLeast, unit)}`;
}

/** To three significant digits, or four from a thousand on. */
function withUnit(value: number, unit: string): string {
  const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: Math.abs(value) < 1_000 ? 3 : 4 });
  return `${digits.format(value)}${unit === '×' ? '' : ' '}${unit}`;
}
