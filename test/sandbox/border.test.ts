/**
 * The list of imports that stay open, against the module itself: no name on it that
 * does not exist, and what is reached by each.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadPyodide } from 'pyodide';
import { describe, expect, test } from 'vitest';
import { Border, Breach, CHANNEL, listed, type Imports } from '../../src/sandbox/border.ts';

const wasm = createRequire(import.meta.url).resolve('pyodide/pyodide.asm.wasm');
const module = await WebAssembly.compile(new Uint8Array(await readFile(wasm)));
const functions = WebAssembly.Module.imports(module).filter(({ kind }) => kind === 'function');

/** All imports as functions that say their name, and a memory in place of the instance's. */
function guarded(): { border: Border; imports: Imports; memory: WebAssembly.Memory; called: string[] } {
  const called: string[] = [];
  const imports: Imports = { env: {}, wasi_snapshot_preview1: {} };
  for (const { module: space, name } of functions)
    imports[space]![name] = () => {
      called.push(name);
      return 0;
    };
  const border = new Border();
  border.guard(module, imports);
  const memory = new WebAssembly.Memory({ initial: 1 });
  border.attach({ exports: { memory } } as unknown as WebAssembly.Instance);
  return { border, imports, memory, called };
}

test('every name on the lists is an import of the module', () => {
  const names = new Set(functions.map(({ name }) => name));
  expect(listed.filter((name) => !names.has(name))).toEqual([]);
});

test('while Python starts everything is reached', () => {
  const { imports, called } = guarded();
  for (const { module: space, name } of functions)
    if (name !== 'fd_write' && name !== 'fd_read') imports[space]![name]!(0, 0, 0, 0);
  expect(called).toContain('JsProxy_GetAttr_js');
  expect(called).toContain('__syscall_socket');
});

describe('once the border is closed', () => {
  test('what is not on a list is refused, which is most', () => {
    const { border, imports, called } = guarded();
    border.close();
    let refused = 0;
    for (const { module: space, name } of functions) {
      if (listed.includes(name)) continue;
      expect(() => imports[space]![name]!(0, 0, 0, 0), name).toThrow(Breach);
      refused++;
    }
    expect(refused).toBeGreaterThan(130);
    expect(called).toEqual([]);
    expect(border.breach).toBeDefined();
  });

  test('reading leaves the files as they are, writing does not', () => {
    const reading = guarded();
    reading.border.close();
    reading.imports['env']!['__syscall_openat']!(-100, 0, 0, 0);
    reading.imports['env']!['__syscall_stat64']!(0, 0);
    expect(reading.border.hasTouchedFiles).toBe(false);
    for (const flags of [1, 2, 64, 512, 1024]) {
      const writing = guarded();
      writing.border.close();
      writing.imports['env']!['__syscall_openat']!(-100, 0, flags, 0);
      expect(writing.border.hasTouchedFiles, `flags ${flags}`).toBe(true);
      expect(writing.border.isSpent, 'files are put back').toBe(false);
    }
  });

  test.each([
    ['__syscall_stat64', [0]],
    ['__syscall_newfstatat', [1]],
    ['__syscall_openat', [1]],
    ['__syscall_renameat', [1, 3]],
    ['__syscall_symlinkat', [0, 2]],
  ] as const)('%s takes a path of 4095 bytes and no longer one, as Linux does', (name, paths) => {
    for (const at of paths)
      for (const length of [0, 4095, 4096, 20_000]) {
        const { border, imports, memory, called } = guarded();
        border.close();
        new Uint8Array(memory.buffer).fill(97, 100, 100 + length);
        const args = [50, 50, 50, 50].map((otherwise, i) => (i === at ? 100 : otherwise));
        expect(imports['env']![name]!(...args)).toBe(length < 4096 ? 0 : -37);
        expect(called).toEqual(length < 4096 ? [name] : []);
      }
  });

  test('every function that reads a path from memory is among those', async () => {
    const source = await readFile(wasm.replace(/wasm$/, 'mjs'), 'utf8');
    const reading = [...source.matchAll(/function _(__syscall_\w+)\(([^)]*)\)\{([^]*?)\}catch\(e\)/g)]
      .map(([, name, parameters, body]) => ({
        name: name!,
        addresses: parameters!
          .split(',')
          .flatMap((p, i) => (body!.includes(`getStr(${p.trim()})`) ? [i] : [])),
      }))
      .filter(({ name, addresses }) => addresses.length > 0 && listed.includes(name));
    expect(reading.length).toBeGreaterThan(15);
    for (const { name, addresses } of reading)
      for (const at of addresses) {
        const { border, imports, memory } = guarded();
        border.close();
        new Uint8Array(memory.buffer).fill(97, 100, 10_000);
        const args = [50, 50, 50, 50, 50].map((otherwise, i) => (i === at ? 100 : otherwise));
        expect(imports['env']![name]!(...args), `${name}, argument ${at}`).toBe(-37);
      }
  });

  test('a socket is answered with an error number and reaches nothing', () => {
    const { border, imports, called } = guarded();
    border.close();
    expect(imports['env']!['__syscall_socket']!(2, 1, 0)).toBeLessThan(0);
    expect(called).toEqual([]);
    expect(border.breach).toBeUndefined();
  });

  test('standard output is taken and kept nowhere', () => {
    const { border, imports, memory, called } = guarded();
    border.close();
    const view = new DataView(memory.buffer);
    view.setUint32(0, 100, true);
    view.setUint32(4, 5000, true);
    for (const descriptor of [1, 2])
      expect(imports['wasi_snapshot_preview1']!['fd_write']!(descriptor, 0, 1, 16)).toBe(0);
    expect(view.getUint32(16, true)).toBe(5000);
    // What a descriptor is may be asked; nothing is written.
    expect(called.filter((name) => name !== 'fd_fdstat_get')).toEqual([]);
  });

  test('the channel takes and gives bytes where there is one, and does not exist where there is none', () => {
    const { border, imports, memory, called } = guarded();
    border.close();
    const bytes = new Uint8Array(memory.buffer);
    const view = new DataView(memory.buffer);
    bytes.set([7, 8, 9], 100);
    view.setUint32(0, 100, true);
    view.setUint32(4, 3, true);
    const wasi = imports['wasi_snapshot_preview1']!;
    expect(wasi['fd_read']!(CHANNEL, 0, 1, 16)).toBe(8);
    const written: number[] = [];
    border.channel = {
      write: (part) => void written.push(...part),
      read: (most) => Uint8Array.from({ length: Math.min(2, most) }, (_, i) => 40 + i),
    };
    expect(wasi['fd_write']!(CHANNEL, 0, 1, 16)).toBe(0);
    expect(written).toEqual([7, 8, 9]);
    expect(wasi['fd_read']!(CHANNEL, 0, 1, 16)).toBe(0);
    expect(view.getUint32(16, true)).toBe(2);
    expect([...bytes.subarray(100, 103)]).toEqual([40, 41, 9]);
    expect(called).toEqual([]);
  });
});

/**
 * In Node a thread that is inside one long call of JavaScript's own library cannot be ended, so no
 * program may come to make one. These are the two that were measured, with what a program would have
 * to find first already in its hands: JavaScript's own Array, behind an open bridge of Pyodide.
 */
describe('a program that holds JavaScript’s own Array', () => {
  test.each(['A.new(2**32 - 1).lastIndexOf(1)', "getattr(A, 'from')(L)"])(
    'is ended by %s',
    async (text) => {
      const border = new Border();
      const { instantiate } = WebAssembly;
      const instead = async (_: unknown, imports: WebAssembly.Imports) => {
        border.guard(module, imports as unknown as Imports);
        const instance = await instantiate(module, imports);
        border.attach(instance);
        return { instance, module };
      };
      WebAssembly.instantiate = instead as unknown as typeof instantiate;
      const python = await loadPyodide().finally(() => (WebAssembly.instantiate = instantiate));
      python.globals.set('A', Array);
      python.globals.set('L', { length: 2 ** 29 });
      python.runPython("def run(text):\n    exec(text, globals())\n    return 'through'");
      const run = python.globals.get('run') as (text: string) => string;
      // The same bridge, for as long as the border is open.
      expect(run("A.new(2); getattr(A, 'from')(A.new(3))")).toBe('through');
      border.close();
      expect(() => run(text)).toThrow(/closed to programs/);
      expect(border.breach).toMatch(/^(Js|js)/);
    },
    600_000,
  );
});
