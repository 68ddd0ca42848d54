/**
 * An experiment as one HTML file: the hypothesis, what came out in sentences with
 * intervals, a forest plot, mean curves, tables, every run, the settings in which arms
 * differ, the seeds and the command. Data in, text out; statistics are experiment.ts's.
 */
import { CONFIG_KEYS, DEFAULTS, diff } from '../../learning/config.ts';
import {
  armConfig,
  MEASURES,
  type ArmComparison,
  type Experiment,
  type ExperimentSummary,
} from '../experiment.ts';
import { metricValue, percentTick, signedValue } from '../metric-kind.ts';
import type { Interval } from '../statistics.ts';
import { chartSvg, type SvgLine } from './chart-svg.ts';
import { commandOfExperiment } from './commands.ts';
import { forestSvg } from './forest-svg.ts';
import { htmlPage, htmlTable, section, soft, text } from './page.ts';
import { linkTo, type ReportOptions } from './run-report.ts';
import { reportWords, METRIC_NAMES, type MetricName, type ReportWords } from './words.ts';

export interface ReportedExperiment {
  readonly experiment: Experiment;
  readonly summary: ExperimentSummary;
  /** Name of the model that was trained. */
  readonly model: string;
  /** Runs that take no part. */
  readonly left: number;
}

/** Told apart by dash as well. */
const LOOKS: readonly { readonly colour: string; readonly dash?: readonly number[] }[] = [
  { colour: '#a2670a' },
  { colour: '#2455c3', dash: [7, 4] },
  { colour: '#1d7a46', dash: [2, 3] },
  { colour: '#7a4bb5', dash: [10, 3, 2, 3] },
  { colour: '#b3261e', dash: [4, 2] },
  { colour: '#5a6068', dash: [1, 2] },
];
const HEADLINES: readonly string[] = ['eval_heldout/pass@1', 'eval_alignment/accuracy'];
const SIZE = { width: 560, height: 290 };

export function experimentReport(reported: ReportedExperiment, options: ReportOptions): string {
  const {
    words = reportWords,
    nameOf = (name) => METRIC_NAMES[name] ?? name,
    date,
    note = '',
    link,
  } = options;
  const { experiment, summary, model, left } = reported;
  const title = options.title ?? experiment.title;
  const hypothesis = experiment.hypothesis ?? '';
  const pairs = pairsOf(summary);
  return htmlPage(options.language ?? 'en', title, [
    `<p class="eyebrow">${text(words.experiment)}</p>`,
    `<h1>${text(title)}</h1>`,
    soft(words.made(model, date)),
    section(
      words.hypothesis,
      `<p class="hypothesis">${text(hypothesis === '' ? words.noHypothesis : hypothesis)}</p>`,
      note === '' ? '' : `<p>${text(note)}</p>`,
    ),
    section(
      words.findings,
      pairs.length === 0 ? `<p>${text(words.noFindings)}</p>` : findings(summary, words, nameOf),
      ...pairs.map((rows, i) => {
        const { from, to } = rows[0]!;
        const look = LOOKS[(i + 1) % LOOKS.length]!;
        return `<div class="wide">${forestSvg(words.forest(to, from), rows, nameOf, look.colour)}</div>`;
      }),
      pairs.length === 0 ? '' : soft(words.forestAbout),
      left > 0 ? soft(words.left(left)) : '',
    ),
    curves(summary, words, nameOf),
    section(words.final, finalTable(summary, words, nameOf)),
    pairs.length === 0
      ? ''
      : section(
          words.differences,
          ...pairs.map((rows) => pairTable(rows, words, nameOf)),
          soft(words.method),
        ),
    section(words.everyRun, everyRun(summary, words, nameOf)),
    settings(experiment, words),
    section(
      words.command,
      soft(words.commandAbout),
      `<pre><code>${text(commandOfExperiment(experiment))}</code></pre>`,
    ),
    linkTo(link, words),
    `<footer>${text(words.by)}</footer>`,
  ]);
}

/** The comparisons of each pair of arms together. */
function pairsOf({ comparisons }: ExperimentSummary): ArmComparison[][] {
  const pairs = new Map<string, ArmComparison[]>();
  for (const comparison of comparisons) {
    const key = `${comparison.from}\n${comparison.to}`;
    pairs.set(key, [...(pairs.get(key) ?? []), comparison]);
  }
  return [...pairs.values()];
}

const isBounded = ([low, high]: Interval): boolean => Number.isFinite(low) && Number.isFinite(high);
const between = (measure: string, interval: Interval): string =>
  isBounded(interval) ? `[${interval.map((end) => signedValue(measure, end)).join(', ')}]` : '';
const chance = (p: number | undefined): string =>
  p === undefined ? '' : p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)));

function findings({ comparisons, arms }: ExperimentSummary, words: ReportWords, nameOf: MetricName): string {
  const first = arms[0]?.arm.name;
  const said = comparisons.filter(({ from, measure }) => from === first && HEADLINES.includes(measure));
  const items = said.map(({ from, to, measure, difference: { mean, interval }, finding, seeds }) => {
    const sentence = words.sentence[finding](nameOf(measure), to, from);
    const detail = `${words.points(signedValue(measure, mean))} ${between(measure, interval)}, ${words.seeds.toLowerCase()}: ${seeds.join(', ')}`;
    const shown = finding === 'no difference shown' ? '' : ' class="shown"';
    return `<li${shown}>${text(sentence)}<br><span class="soft">${text(detail)}</span></li>`;
  });
  return `<ul class="findings">${items.join('\n')}</ul>`;
}

function curves({ arms }: ExperimentSummary, words: ReportWords, nameOf: MetricName): string {
  const pictures = MEASURES.flatMap((measure) => {
    const steps = [
      ...new Set(
        arms.flatMap(({ curve }) => curve.flatMap((at) => (measure in at.measures ? [at.step] : []))),
      ),
    ].sort((a, b) => a - b);
    if (steps.length < 2) return [];
    const lines = arms.flatMap(({ arm, curve }, i): SvgLine[] => {
      const at = steps.map((step) => curve.find((one) => one.step === step)?.measures[measure] ?? null);
      if (at.every((one) => one === null)) return [];
      const end = (which: 0 | 1) =>
        at.map((one) => (one && isBounded(one.interval) ? one.interval[which] : null));
      return [
        {
          label: arm.name,
          ...LOOKS[i % LOOKS.length]!,
          values: at.map((one) => one?.mean ?? null),
          band: { low: end(0), high: end(1) },
        },
      ];
    });
    const drawn = lines.flatMap(({ values, band }) => [...values, ...band!.low, ...band!.high]);
    const known = drawn.filter((value) => value !== null);
    const low = Math.max(0, Math.floor(10 * Math.min(...known)) / 10);
    const high = Math.min(1, Math.ceil(10 * Math.max(...known)) / 10);
    const range = [low, high > low ? high : low + 0.1] as const;
    return [
      chartSvg({ title: nameOf(measure), kind: 'lines', steps, lines, range, format: percentTick }, SIZE),
    ];
  });
  if (pictures.length === 0) return '';
  return section(words.curves, soft(words.curvesAbout), `<div class="pictures">${pictures.join('\n')}</div>`);
}

function finalTable({ arms }: ExperimentSummary, words: ReportWords, nameOf: MetricName): string {
  const share = (measure: string, interval: Interval): string =>
    isBounded(interval)
      ? ` [${interval.map((end) => metricValue(measure, Math.min(1, Math.max(0, end)))).join(', ')}]`
      : '';
  const rows = MEASURES.flatMap((measure) =>
    arms.flatMap(({ arm, measures }) => {
      const own = measures[measure];
      if (own === undefined) return [];
      return [
        [
          nameOf(measure),
          arm.name,
          String(own.values.length),
          metricValue(measure, own.before.mean),
          metricValue(measure, own.after.mean) + share(measure, own.after.interval),
          `${words.points(signedValue(measure, own.change.mean))} ${between(measure, own.change.interval)}`,
        ],
      ];
    }),
  );
  return htmlTable([words.measure, words.arm, words.seeds, words.before, words.after, words.change], rows);
}

function pairTable(rows: readonly ArmComparison[], words: ReportWords, nameOf: MetricName): string {
  const { from, to } = rows[0]!;
  const table = htmlTable(
    [
      words.measure,
      words.difference,
      words.overTasks,
      words.signTest,
      words.tTest,
      words.holm,
      words.finding,
    ],
    rows.map(({ measure, difference: { mean, interval, signTest }, overTasks, p, adjustedP, finding }) => [
      nameOf(measure),
      `${words.points(signedValue(measure, mean))} ${between(measure, interval)}`,
      overTasks === undefined ? '' : between(measure, overTasks.interval),
      chance(signTest),
      chance(p),
      chance(adjustedP),
      words.findingNames[finding],
    ]),
  );
  return `<h3>${text(words.forest(to, from))}</h3>${table}`;
}

/** One row an arm and seed: final values of every measure. */
function everyRun({ arms }: ExperimentSummary, words: ReportWords, nameOf: MetricName): string {
  const known = MEASURES.filter((measure) => arms.some(({ measures }) => measure in measures));
  const rows = arms.flatMap(({ arm, seeds, measures }) =>
    seeds.map((seed, i) => [
      arm.name,
      String(seed),
      ...known.map((measure) => {
        const values = measures[measure]?.values;
        // A measure that not every run has does not say whose its values are.
        return values?.length === seeds.length ? metricValue(measure, values[i]!) : '';
      }),
    ]),
  );
  return htmlTable([words.arm, words.seed, ...known.map(nameOf)], rows);
}

function settings(experiment: Experiment, words: ReportWords): string {
  const { arms, seeds } = experiment;
  const configs = arms.map((arm) => armConfig(experiment, arm, seeds[0] ?? 1));
  const own = CONFIG_KEYS.filter((key) => configs.some((config) => config[key] !== configs[0]![key]));
  const shared =
    configs[0] === undefined
      ? []
      : diff(configs[0], DEFAULTS).filter(({ key }) => key !== 'seed' && !own.includes(key));
  return section(
    words.settings,
    `<p>${text(words.seeds)}: ${text(seeds.join(', '))}</p>`,
    `<h3>${text(words.differs)}</h3>`,
    own.length === 0
      ? `<p>${text(words.none)}</p>`
      : htmlTable(
          [words.setting, ...arms.map(({ name }) => name)],
          own.map((key) => [key, ...configs.map((config) => String(config[key]))]),
        ),
    `<h3>${text(words.shared)}</h3>`,
    shared.length === 0
      ? `<p>${text(words.none)}</p>`
      : htmlTable(
          [words.setting, words.value],
          shared.map(({ key, to }) => [key, String(to)]),
        ),
  );
}
