import Table from 'cli-table3';
import { type Figure, isMet, measuredOf, targetOf } from './figure.ts';

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

/** The figures of all benchmarks as the page that is kept. */
export function toMarkdown(
  results: readonly Result[],
  machine: string,
  date: string,
  command = 'npm run bench',
): string {
  const sections = results.map(({ title, figures }) =>
    [
      `## ${title}`,
      '',
      `| ${HEAD.join(' | ')} |`,
      '| --- | ---: | --- | --- |',
      ...figures.map((figure) => `| ${rowOf(figure).join(' | ')} |`),
    ].join('\n'),
  );
  return `${[
    '# Benchmark results',
    `Written by \`${command}\` on ${date}. ${machine}.`,
    'Ratios are taken between measurements side by side in one run; times are this machine’s, and other work may run on it.',
    ...sections,
  ].join('\n\n')}\n`;
}

function rowOf(figure: Figure): string[] {
  const verdict = figure.target === undefined ? [] : [isMet(figure) ? 'met' : 'MISSED'];
  const remarks = figure.note === undefined ? verdict : [...verdict, figure.note];
  return [figure.name, measuredOf(figure), targetOf(figure), remarks.join('; ')];
}
