/**
 * Runs the observer in another CPython, as a process of its own, to see whether what a program computes
 * depends on the version. It compares values and lines of the last definitions, and steps where both executed
 * the same number of lines (before 3.12 comprehensions are functions of their own).
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Comparison, Observation } from './compare.ts';
import { rowsOf } from './compare.ts';
import type { DefinitionCase } from './programs.ts';

export class Python3 {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: Interface;
  private readonly waiting: ((line: string) => void)[] = [];
  private same = 0;
  private sameSteps = 0;
  private silent = 0;
  private readonly other: string[] = [];

  constructor(command: string) {
    this.child = spawn(command, [fileURLToPath(new URL('observer.py', import.meta.url))], {
      env: { ...process.env, PYTHONHASHSEED: '0' },
    });
    this.lines = createInterface({ input: this.child.stdout });
    this.lines.on('line', (line) => this.waiting.shift()?.(line));
    this.child.stderr.resume();
    this.child.on('exit', () => {
      for (const answer of this.waiting.splice(0)) answer('{"unfit":"the process ended"}');
    });
  }

  observe(cases: readonly DefinitionCase[]): Promise<Observation[]> {
    return Promise.all(
      cases.map(async (one) => {
        const answer = new Promise<string>((resolve) => this.waiting.push(resolve));
        this.child.stdin.write(`${JSON.stringify({ ...one, lines: 3000 })}\n`);
        return JSON.parse(await answer) as Observation;
      }),
    );
  }

  compare(
    cases: readonly DefinitionCase[],
    results: readonly Comparison[],
    answers: readonly Observation[],
  ): void {
    for (const [i, result] of results.entries()) {
      const answer = answers[i];
      if (result.kind === 'unfit' || answer === undefined || answer.unfit !== undefined) {
        this.silent += 1;
        continue;
      }
      const rows = rowsOf(answer);
      const mine = result.kind === 'same' ? result.rows : result.tracer;
      const withoutSteps = (list: readonly string[]): string =>
        JSON.stringify(list.map((row) => row.replace(/, step \d+\)$|after \d+ lines$/, '')).sort());
      if (withoutSteps(mine) !== withoutSteps(rows)) {
        const only = mine.filter((row) => !withoutSteps(rows).includes(withoutSteps([row]).slice(1, -1)));
        this.other.push(`${cases[i]!.entry}(${cases[i]!.args}): ${only.join('; ')}`);
      } else if (JSON.stringify([...mine].sort()) === JSON.stringify([...rows].sort())) this.sameSteps += 1;
      else this.same += 1;
    }
  }

  summary(): string {
    const counts = `${this.sameSteps} the same, ${this.same} but for the counting of lines, ${this.other.length} other, ${this.silent} not compared`;
    return [`in the other CPython: ${counts}`, ...this.other.slice(0, 20)].join('\n    ');
  }

  async close(): Promise<void> {
    this.lines.close();
    this.child.stdin.end();
    await new Promise((resolve) => this.child.once('close', resolve));
  }
}
