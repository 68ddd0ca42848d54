/** Reads from the arguments of `npm run attack` what it is asked for. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run attack -- [--minutes N | --count N] [--seed S] [--first N] [--browser [--frame]] [--json] [--show]

Composes attacks on the sandbox from parts, runs them among honest programs in the same interpreters, and counts false passes, lost honest
verdicts, wrong traces, attacks without a verdict, and stalls. Ends with code 1 when there is any.

  --minutes N   how long (default 1)
  --count N     so many compositions instead
  --seed S      of the compositions (default: drawn, and said)
  --first N     number of the first composition: with --count 1 and the seed of a finding, that one again
  --browser     in Chromium, on a page built like the site, instead of Node
  --frame       with --browser: from a server that sends no headers, so that a frame is the boundary
  --json        findings and counts as JSON lines on standard output
  --show        print the compositions that would run, and run nothing`;

export interface AttackOptions {
  readonly seed: number;
  readonly first: number;
  /** Compositions at most. */
  readonly count: number;
  readonly minutes: number;
  readonly browser: boolean;
  /** In Chromium behind the boundary of a frame. */
  readonly frame: boolean;
  readonly json: boolean;
  readonly show: boolean;
  readonly help: boolean;
}

/** @throws RangeError for a value that is no number, TypeError for an option that does not exist */
export function readOptions(argv: readonly string[], drawnSeed: number): AttackOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string' },
      first: { type: 'string' },
      browser: { type: 'boolean', default: false },
      frame: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'count' | 'seed' | 'first', otherwise: number): number => {
    const text = values[name];
    if (text === undefined) return otherwise;
    const value = Number(text);
    const isWhole = name === 'minutes' || Number.isSafeInteger(value);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0 || !isWhole)
      throw new RangeError(
        `--${name} ${text} is not a ${name === 'minutes' ? '' : 'whole '}number from 0 up`,
      );
    return value;
  };
  if (values.frame && !values.browser) throw new RangeError('--frame is for --browser');
  const count = number('count', Infinity);
  return {
    seed: number('seed', drawnSeed),
    first: number('first', 0),
    count,
    minutes: number('minutes', count === Infinity ? 1 : Infinity),
    browser: values.browser,
    frame: values.frame,
    json: values.json,
    show: values.show,
    help: values.help,
  };
}
