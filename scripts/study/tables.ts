/**
 * Writes the summary of an experiment as Markdown tables and puts them into a document. src/experiment
 * computes the numbers.
 */
import type { ExperimentSummary, MeasureSummary } from '../../src/experiment/experiment.ts';
import type { Estimate, Interval } from '../../src/experiment/statistics.ts';

const BEGIN = '<!-- study:begin (written by npm run study) -->';
const END = '<!-- study:end -->';

const chance = (p: number): string => (p < 0.0005 ? '< 0.001' : p.toFixed(3));
const share = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, '$1.');
const signed = (value: number): string => (value < 0 ? '' : '+') + share(value);
const bounds = ([low, high]: Interval, text: (value: number) => string): string =>
  Number.isFinite(low) ? ` [${text(low)}, ${text(high)}]` : '';
const estimate = (e: Estimate, text: (value: number) => string): string =>
  text(e.mean) + bounds(e.interval, text);

export function markdownTables({ arms, comparisons }: ExperimentSummary): string {
  const measures = [...new Set(arms.flatMap((arm) => Object.keys(arm.measures)))];
  const perArm = arms.map(({ arm, seeds, measures: own }) =>
    [
      `**${arm.name}** (preset \`${arm.preset}\`${settings(arm.overrides)}), seeds ${seeds.join(', ') || 'none yet'}`,
      '',
      '| | before | after | change |',
      '|---|---|---|---|',
      ...measures.flatMap((measure) => (own[measure] === undefined ? [] : [row(measure, own[measure])])),
    ].join('\n'),
  );
  const pairs = [...new Set(comparisons.map(({ from, to }) => `${from}\n${to}`))].map((key) => {
    const [from, to] = key.split('\n');
    const rows = comparisons.filter((c) => c.from === from && c.to === to);
    return [
      `**${to} minus ${from}**, paired over seeds ${rows[0]!.seeds.join(', ')}`,
      '',
      '| | difference, over seeds | over seeds and tasks | sign test p | t test p, Holm | |',
      '|---|---|---|---|---|---|',
      ...rows.map(
        ({ measure, difference, overTasks, adjustedP, finding }) =>
          `| ${measure} | ${estimate(difference, signed)} |${overTasks === undefined ? '' : bounds(overTasks.interval, signed)} | ${difference.signTest.toFixed(2)} | ${adjustedP === undefined ? '' : chance(adjustedP)} | ${finding} |`,
      ),
    ].join('\n');
  });
  return [...perArm, ...pairs].join('\n\n');
}

function settings(overrides: object): string {
  const list = Object.entries(overrides).map(([key, value]) => `\`${key}=${String(value)}\``);
  return list.length === 0 ? '' : ` with ${list.join(', ')}`;
}

function row(measure: string, { before, after, change }: MeasureSummary): string {
  return `| ${measure} | ${share(before.mean)} | ${estimate(after, share)} | ${estimate(change, signed)} |`;
}

/** The document with the tables in place of those between its markers; appended where there are none. */
export function withTables(document: string, tables: string): string {
  const block = `${BEGIN}\n\n${tables}\n\n${END}`;
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) return `${document.trimEnd()}\n\n${block}\n`;
  return document.slice(0, from) + block + document.slice(to + END.length);
}
