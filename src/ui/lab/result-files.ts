/** The Lab's table of final metrics as rows of text, for CSV and for a drawing. Data in, data out. */
import { s } from '../strings/index.ts';
import { formatMeasure, type ResultBlock } from './results.ts';
import { chance, difference, measureName, signedInterval, valueInterval } from './words.ts';

export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** As the table says it. */
export function tableText(blocks: readonly ResultBlock[]): TableText {
  const text = s.lab.results;
  return {
    head: [
      text.metric,
      text.arm,
      text.seeds,
      text.base,
      text.final,
      text.difference,
      text.tests,
      text.finding,
    ],
    rows: blocks.flatMap(({ measure, rows }) =>
      rows.map(({ arm, measure: own, versus }) => [
        measureName(measure),
        arm.arm.name,
        String(own.values.length),
        formatMeasure(measure, own.before.mean),
        `${formatMeasure(measure, own.after.mean)} ${valueInterval(measure, own.after.interval)}`,
        versus === null
          ? ''
          : `${difference(measure, versus.difference.mean)} ${signedInterval(measure, versus.difference.interval)}`,
        versus === null
          ? ''
          : [
              text.sign(chance(versus.difference.signTest)),
              ...(versus.adjustedP === undefined ? [] : [text.holm(chance(versus.adjustedP))]),
            ].join(', '),
        versus === null ? '' : text.findings[versus.finding],
      ]),
    ),
  };
}

const finite = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? '' : String(value);
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Numbers in full, under names that do not depend on the page's language; empty where there is none. */
export function tableCsv(blocks: readonly ResultBlock[]): string {
  const head =
    'metric,arm,seeds,before,after,after_low,after_high,difference,difference_low,difference_high,tasks_low,tasks_high,sign_test_p,t_test_p,holm_p';
  const lines = blocks.flatMap(({ measure, rows }) =>
    rows.map(({ arm, measure: own, versus }) => {
      const { difference: d, overTasks } = versus ?? {};
      const numbers = [
        own.values.length,
        own.before.mean,
        own.after.mean,
        ...own.after.interval,
        d?.mean,
        ...(d?.interval ?? [undefined, undefined]),
        ...(overTasks?.interval ?? [undefined, undefined]),
        d?.signTest,
        versus?.p,
        versus?.adjustedP,
      ];
      return [quoted(measure), quoted(arm.arm.name), ...numbers.map(finite)].join(',');
    }),
  );
  return [head, ...lines, ''].join('\n');
}
