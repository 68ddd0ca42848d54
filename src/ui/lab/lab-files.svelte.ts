/**
 * What goes into the Lab and out of it as files: runs, one zip of chosen runs, a
 * report. What goes wrong is the Lab's error; nothing of what it has is changed then.
 */
import type { ExportFormat } from '../../experiment/export/index.ts';
import type { Task } from '../../tasks/types.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { LabReport, ShownResults } from './lab-report.ts';
import type { Shelf } from './shelf.svelte.ts';

/** What it needs of the Lab. */
interface FilesOwner extends ShownResults {
  readonly shelf: Shelf;
  error: ErrorData | null;
  announcement: string;
  compareChosen(): void;
}

interface FilesOptions {
  /** Absolute address of the site's folder. */
  readonly base: string;
  /** The tasks that exported runs name. */
  readonly tasks: (ids: readonly string[]) => Promise<readonly Task[]>;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class LabFiles {
  readonly #lab: FilesOwner;
  readonly #options: FilesOptions;
  isPacking = $state(false);

  constructor(lab: FilesOwner, options: FilesOptions) {
    this.#lab = lab;
    this.#options = options;
  }

  /** What came together is compared with each other; of files that hold no run the last one is said. */
  async take(files: Iterable<File>): Promise<void> {
    const lab = this.#lab;
    const { newId, now } = this.#options;
    lab.error = null;
    const ids: string[] = [];
    const { readRuns } = await import('./transfer.ts');
    for (const file of files) {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const runs = await readRuns(file.name, bytes, newId, now());
        for (const { run, files: kept } of runs) await lab.shelf.add(run, kept);
        ids.push(...runs.map(({ run }) => run.id));
      } catch (cause) {
        lab.error = toErrorData(cause, { kept: s.lab.errors.importKept, advice: s.lab.errors.importAdvice });
      }
    }
    if (ids.length === 0) return;
    lab.shelf.chooseOnly(ids);
    lab.compareChosen();
    lab.announcement = s.lab.announce.imported(ids.length);
  }

  /** The chosen runs as one zip; null when it failed, and the Lab's `error` says why. */
  async pack(
    ids: readonly string[],
    formats: readonly ExportFormat[],
  ): Promise<{ name: string; bytes: Uint8Array } | null> {
    const lab = this.#lab;
    const { tasks } = this.#options;
    lab.error = null;
    this.isPacking = true;
    try {
      const { packRuns } = await import('./transfer.ts');
      const runs = [];
      for (const id of ids) {
        const [run, files] = [lab.shelf.get(id), await lab.shelf.files(id)];
        if (run !== null && files !== null) runs.push({ run, files, tasks });
      }
      const packed = await packRuns(runs, formats);
      lab.announcement =
        packed.left.length > 0 ? packed.left.join(' ') : s.lab.announce.exported(runs.length);
      return packed;
    } catch (cause) {
      lab.error = toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.advice });
      return null;
    } finally {
      this.isPacking = false;
    }
  }

  /** Of what is shown, or of one run; null when it failed, and the Lab's `error` says why. */
  async report(run: string | null = null): Promise<LabReport | null> {
    const lab = this.#lab;
    const { base, now } = this.#options;
    lab.error = null;
    try {
      const { reportOf } = await import('./lab-report.ts');
      return await reportOf(lab, run, now(), base);
    } catch (cause) {
      lab.error = toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.reportAdvice });
      return null;
    }
  }
}
