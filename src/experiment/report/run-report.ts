/**
 * A run as one HTML file: what it came to with intervals, its curves, a group that taught
 * something, its settings, its seed, and the command that makes it again. Events in, text out.
 */
import { CONFIG_KEYS, createConfig, type Config } from '../../learning/config.ts';
import type { CodeGroup, TrainerEvent } from '../../learning/events.ts';
import { isShare, metricValue, percentTick, plainNumber, signedValue } from '../metric-kind.ts';
import { nearestPreset } from '../presets.ts';
import { ExportError } from '../export/run-data.ts';
import { chartSvg, type SvgChart, type SvgLine } from './chart-svg.ts';
import { commandOfRun } from './commands.ts';
import { htmlPage, htmlTable, section, soft, text } from './page.ts';
import { reportWords, METRIC_NAMES, type MetricName, type ReportWords } from './words.ts';

export interface ReportOptions {
  readonly words?: ReportWords;
  /** Of the words, as in `lang`; absent: English. */
  readonly language?: string;
  readonly nameOf?: MetricName;
  /** When the report is made. */
  readonly date: string;
  readonly title?: string;
  /** What was written about it. */
  readonly note?: string;
  /** Where the page has the same; absent: nowhere that is known. */
  readonly link?: string;
}

const COLOURS = {
  main: '#2455c3',
  second: '#7a4bb5',
  good: '#1d7a46',
  bad: '#b3261e',
  mixed: '#b8860b',
} as const;
const SIZE = { width: 560, height: 280 };

/** @throws ExportError when the events hold no start of a run */
export function runReport(events: readonly TrainerEvent[], options: ReportOptions): string {
  const {
    words = reportWords,
    nameOf = (name) => METRIC_NAMES[name] ?? name,
    date,
    note = '',
    link,
  } = options;
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) {
    throw new ExportError('The log holds no start of a run.', 'Give it a whole run log.');
  }
  // A log of an earlier version lacks settings that came later: they are at their defaults.
  const config = createConfig(started.config);
  const { model } = started;
  const evaluations = events.filter((event) => event.type === 'evaluation').sort((a, b) => a.step - b.step);
  const steps = events.reduce((most, event) => (event.type === 'step-finished' ? event.step : most), 0);
  const { name: preset } = nearestPreset(config);
  const title = options.title ?? `${preset}, ${words.seed.toLowerCase()} ${config.seed}`;
  return htmlPage(options.language ?? 'en', title, [
    `<p class="eyebrow">${text(words.run)}</p>`,
    `<h1>${text(title)}</h1>`,
    soft(`${words.made(model.name, date)} ${words.steps(steps, config.steps)}.`),
    note === '' ? '' : `<p class="hypothesis">${text(note)}</p>`,
    evaluations.length === 0 ? '' : section(words.final, finalTable(evaluations, words, nameOf)),
    section(
      words.curves,
      soft(words.curvesOfRun),
      `<div class="pictures">${charts(events, nameOf).join('\n')}</div>`,
    ),
    example(events, words),
    section(
      words.settings,
      `<h3>${text(words.offPreset(preset))}</h3>`,
      offPreset(config, words),
      `<details><summary>${text(words.allSettings)}</summary>${htmlTable(
        [words.setting, words.value],
        CONFIG_KEYS.map((key) => [key, String(config[key])]),
      )}</details>`,
    ),
    section(words.command, soft(words.commandAbout), `<pre><code>${text(commandOfRun(config))}</code></pre>`),
    linkTo(link, words),
    `<footer>${text(words.by)}</footer>`,
  ]);
}

export const linkTo = (link: string | undefined, words: ReportWords): string =>
  link === undefined ? '' : section(words.link, `<p><a href="${text(link)}">${text(link)}</a></p>`);

type MeasuredEvent = Extract<TrainerEvent, { type: 'evaluation' }>;

function finalTable(evaluations: readonly MeasuredEvent[], words: ReportWords, nameOf: MetricName): string {
  const [before, after] = [evaluations[0]!, evaluations.at(-1)!];
  const value = ({ metrics, intervals }: MeasuredEvent, key: string): string => {
    const [at, interval] = [metrics[key], intervals[key]];
    if (at === undefined) return '';
    const shown = (end: number) => metricValue(key, end);
    return interval === undefined ? shown(at) : `${shown(at)} [${interval.map(shown).join(', ')}]`;
  };
  const keys = [...new Set([...Object.keys(before.metrics), ...Object.keys(after.metrics)])];
  return htmlTable(
    [words.measure, words.before, words.after, words.change],
    keys.map((key) => {
      const [from, to] = [before.metrics[key], after.metrics[key]];
      const change =
        before === after || from === undefined || to === undefined ? '' : changed(key, to - from, words);
      return [nameOf(key), before === after ? '' : value(before, key), value(after, key), change];
    }),
  );
}

const changed = (key: string, value: number, words: ReportWords): string =>
  isShare(key) ? words.points(signedValue(key, value)) : signedValue(key, value);

/** What is drawn of a run, in this order, where it has it. */
const DRAWN: readonly (readonly string[])[] = [
  ['eval_heldout/pass@1', 'eval_heldout/greedy'],
  ['eval_alignment/accuracy', 'alignment/accuracy'],
  ['reward'],
  ['groups/all_pass', 'groups/mixed', 'groups/all_fail'],
  ['entropy'],
  ['grad_norm'],
  ['kl'],
  ['loss'],
];
const STACKED = 'groups/all_pass';

function charts(events: readonly TrainerEvent[], nameOf: MetricName): string[] {
  const rows = new Map<number, Map<string, number>>();
  const put = (step: number, name: string, value: number): void => {
    rows.set(step, (rows.get(step) ?? new Map<string, number>()).set(name, value));
  };
  for (const event of events) {
    if (event.type !== 'step-finished' && event.type !== 'evaluation') continue;
    for (const [name, value] of Object.entries(event.metrics)) put(event.step, name, value);
    if (event.type !== 'evaluation') continue;
    for (const [name, [low, high]] of Object.entries(event.intervals)) {
      put(event.step, `${name}/low`, low);
      put(event.step, `${name}/high`, high);
    }
  }
  const all = [...rows].sort(([a], [b]) => a - b);
  const known = new Set(all.flatMap(([, row]) => [...row.keys()]));
  return DRAWN.flatMap((names) => {
    const present = names.filter((name) => known.has(name));
    if (present.length === 0) return [];
    const steps = all.filter(([, row]) => present.some((name) => row.has(name)));
    const column = (name: string) => steps.map(([, row]) => row.get(name) ?? null);
    const isStack = names[0] === STACKED;
    const looks = isStack ? [COLOURS.good, COLOURS.mixed, COLOURS.bad] : [COLOURS.main, COLOURS.second];
    const lines = present.map((name, i): SvgLine => ({
      label: nameOf(name),
      colour: looks[i]!,
      values: column(name),
      ...(i > 0 && !isStack && { dash: [6, 4] }),
      ...(known.has(`${name}/low`) && { band: { low: column(`${name}/low`), high: column(`${name}/high`) } }),
    }));
    const share = isShare(present[0]!);
    const chart: SvgChart = {
      title: nameOf(present[0]!),
      kind: isStack ? 'stack' : 'lines',
      steps: steps.map(([step]) => step),
      lines,
      ...rangeOf(present[0]!, lines, isStack),
      format: share ? percentTick : plainNumber,
    };
    return [chartSvg(chart, SIZE)];
  });
}

/** Shares stand between 0 and 1; of what can be negative, zero is in the middle. */
function rangeOf(
  name: string,
  lines: readonly SvgLine[],
  isStack: boolean,
): { range?: readonly [number, number] } {
  if (isStack || isShare(name)) return { range: [0, 1] };
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const most = Math.max(1e-6, ...values.map((value) => Math.abs(value)));
  return values.some((value) => value < 0) ? { range: [-1.1 * most, 1.1 * most] } : {};
}

/** The last group of code with rewards that differ. */
function example(events: readonly TrainerEvent[], words: ReportWords): string {
  const groups = events.flatMap((event) => (event.type === 'rollouts' ? event.groups : []));
  const teaches = (group: CodeGroup) => new Set(group.rollouts.map(({ reward }) => reward)).size > 1;
  const group = groups.filter((found) => found.kind === 'code').findLast(teaches);
  if (group === undefined) return '';
  const sorted = [...group.rollouts].sort((a, b) => (b.reward ?? -1) - (a.reward ?? -1));
  // The best and the worst: what the advantages are between.
  const shown = sorted.length > 4 ? [...sorted.slice(0, 2), ...sorted.slice(-2)] : sorted;
  const programs = shown.map(({ completion, reward, advantage, verdict }) => {
    const what = `${verdict === 'pass' ? words.passed : words.failed}; ${words.reward} ${reward === null ? '-' : plainNumber(reward)}, ${words.advantage} ${signedValue('', advantage)}`;
    return `<p class="soft">${text(what)}</p><pre>${text(completion.trimEnd())}</pre>`;
  });
  return section(
    words.example,
    soft(words.exampleAbout),
    `<pre>${text(group.prompt.trimEnd())}</pre>`,
    ...programs,
  );
}

function offPreset(config: Config, words: ReportWords): string {
  const { changes } = nearestPreset(config);
  return changes.length === 0
    ? `<p>${text(words.none)}</p>`
    : htmlTable(
        [words.setting, words.presetValue, words.value],
        changes.map(({ key, from, to }) => [key, String(from), String(to)]),
      );
}
