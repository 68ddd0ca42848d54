/** Runs a command as the terminal would, in a folder of its own, and keeps what it said. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatch } from '../../src/cli/dispatch.ts';

export interface Ended {
  readonly code: number;
  readonly out: readonly string[];
  readonly progress: readonly string[];
}

export class WorkingFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<WorkingFolder> {
    return new WorkingFolder(await mkdtemp(join(tmpdir(), 'tracewise-cli-')));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.file(name), content);
    return this.file(name);
  }

  async writeRows(name: string, rows: readonly unknown[]): Promise<string> {
    return this.write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  read(name: string): Promise<string> {
    return readFile(this.file(name), 'utf8');
  }

  async readRows(name: string): Promise<Record<string, unknown>[]> {
    const lines = (await this.read(name)).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async names(): Promise<string[]> {
    return (await readdir(this.path)).sort();
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** @param interruptAt raise Ctrl-C's signal when a line of progress contains this */
export async function tracewise(argv: readonly string[], interruptAt?: string): Promise<Ended> {
  const controller = new AbortController();
  const out: string[] = [];
  const progress: string[] = [];
  const code = await dispatch(argv, {
    out: (line) => out.push(line),
    progress: (line) => {
      progress.push(line);
      if (interruptAt !== undefined && line.includes(interruptAt)) controller.abort();
    },
    signal: controller.signal,
  });
  return { code, out, progress };
}
