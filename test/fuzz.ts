/**
 * What the property tests share: the seed, inputs that no one wrote on purpose, and
 * what a reader of files owes to any of them. No test of its own.
 *
 * The seed is fixed, so that a failure comes back. `FC_SEED=123` searches elsewhere,
 * `FC_RUNS=10` runs ten times as many inputs (a factor, may be below 1):
 * `FC_SEED=$RANDOM FC_RUNS=10 npx vitest run --project node test/policy/files.fuzz.test.ts`.
 */
import fc from 'fast-check';

const environment = process.env;

/** Seed and number of runs for `fc.assert`, both open to the environment. */
export function fuzz(runs: number): { seed: number; numRuns: number } {
  const seed = Number(environment['FC_SEED'] ?? 4);
  const factor = Number(environment['FC_RUNS'] ?? 1);
  return { seed, numRuns: Math.max(1, Math.round(runs * factor)) };
}

/** Deeper than any recursion goes. */
export const tooDeep = 100_000;
export const deepList = '['.repeat(tooDeep) + ']'.repeat(tooDeep);

/** Numbers that sizes, counts and positions turn into when a file is damaged or forged. */
const numbers = [
  '-1', '0', '-0', '1', '1.5', '1e99', '1e999', '-1e999', '255', '65536',
  '4294967295', '4294967296', '9007199254740991', '9007199254740992', '18446744073709551615',
]; // prettier-ignore
const fragments = [
  ...numbers, 'null', 'true', '{', '}', '[', ']', '"', ',', ':', '{}', '[]', '""', '\\', '\\u0000', '\u0000', '\n', '\r\n', '\u2028',
  '"__proto__"', '"constructor"', '"toString"', "'", 'NaN', 'Infinity', '[[[[[[[[', '{"a":{"a":{"a":', '\u{1f600}', '﻿',
]; // prettier-ignore

type Edit = (bytes: number[]) => number[];

/** One damage: a bit, a cut, a piece put in, a piece moved, eight bytes that say a huge length. */
const edit: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat(6), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255))
  .chain(([kind, place, byte]) =>
    fc.constantFrom(...fragments).map((fragment): Edit => {
      const at = (bytes: number[]): number => Math.floor(place * bytes.length);
      const put = [...new TextEncoder().encode(fragment)];
      return (bytes) => {
        const i = at(bytes);
        switch (kind) {
          case 0:
            return bytes.map((b, j) => (j === i ? b ^ (1 << (byte % 8)) : b));
          case 1:
            return bytes.slice(0, i);
          case 2:
            return bytes.toSpliced(i, byte % 12);
          case 3:
            return bytes.toSpliced(i, byte % 6, ...put);
          case 4:
            return [...bytes.slice(i), ...bytes.slice(0, i)];
          case 5:
            return bytes.toSpliced(i, 8, ...new Array<number>(8).fill(byte % 2 === 0 ? 255 : byte % 128));
          default:
            return bytes.toSpliced(byte % Math.max(1, bytes.length), 0, ...bytes.slice(i, i + byte));
        }
      };
    }),
  );

/** Random bytes. */
export const anyBytes = fc.uint8Array({ maxLength: 300 });

/** Random text: any bytes as characters, alone or in pairs, halves of characters among them. */
export const anyText = fc
  .tuple(anyBytes, fc.boolean())
  .map(([bytes, wide]) =>
    String.fromCharCode(...(wide ? new Uint16Array(bytes.slice(0, bytes.length & ~1).buffer) : bytes)),
  );

/** Valid files with one to three damages. */
export function damaged(...files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([file, edits]) => Uint8Array.from(edits.reduce((bytes, change) => change(bytes), [...file])));
}

/** The same for text; what is no UTF-8 any more becomes replacement characters. */
export function damagedText(...texts: readonly string[]): fc.Arbitrary<string> {
  const decoder = new TextDecoder();
  return damaged(...texts.map((text) => new TextEncoder().encode(text))).map((bytes) =>
    decoder.decode(bytes),
  );
}

const nested = JSON.parse(deepList) as unknown;

/** Values that stand where another was expected. */
const flatValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null, undefined, true, '', 'x', 0, -0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e308, [], {}, [[]], { length: 2 ** 40 },
    'a\nb', '\ud800', 'x'.repeat(10_000), JSON.parse('{"__proto__":{"a":1},"constructor":null}'), { toString: 1, valueOf: 1 },
  ), // prettier-ignore
  fc.jsonValue({ maxDepth: 2 }),
);
const wrongValue = fc.oneof(
  { arbitrary: fc.constant(nested), weight: 1 },
  { arbitrary: flatValue, weight: 6 },
);

/** The same as JSON text, without what is nested too deep to be written. */
export const disorderedText = (...values: readonly unknown[]): fc.Arbitrary<string> =>
  disorder(values, flatValue).map((value) => JSON.stringify(value) ?? '');

/** Parsed JSON in which one to three places hold something else, are missing, doubled or swapped. */
export const disordered = (...values: readonly unknown[]): fc.Arbitrary<unknown> =>
  disorder(values, wrongValue);

function disorder(values: readonly unknown[], wrong: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.record({
    path: fc.array(fc.nat(1000), { minLength: 0, maxLength: 6 }),
    kind: fc.nat(4),
    value: wrong,
  });
  return fc
    .tuple(fc.constantFrom(...values), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) =>
      changes.reduce((data, { path, kind, value }) => changed(data, path, kind, value), value),
    );
}

function changed(data: unknown, path: readonly number[], kind: number, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof data !== 'object' || data === null || data === nested) return value;
  const entries = Object.entries(data);
  if (entries.length === 0) return value;
  const at = step % entries.length;
  const [key, old] = entries[at]!;
  if (rest.length > 0) entries[at] = [key, changed(old, rest, kind, value)];
  else if (kind === 0) entries.splice(at, 1);
  else if (kind === 1) entries.splice(at, 0, [`${key} `, old]);
  else if (kind === 2) entries[at] = [key, entries[(at + 1) % entries.length]![1]];
  else entries[at] = [key, value];
  if (Array.isArray(data)) return entries.map(([, item]) => item);
  return ArrayBuffer.isView(data) ? value : Object.fromEntries(entries);
}

type Class = abstract new (...args: never[]) => Error;

/**
 * What a reader of files owes: a value, or one of its own errors with advice and a
 * message of one line. Gives the value, or the error.
 * @throws what is neither
 */
export function answered<T>(read: () => T, ...own: readonly Class[]): { value: T } | { error: Error } {
  try {
    return { value: read() };
  } catch (error) {
    return { error: checkedError(error, own) };
  }
}

export async function answeredLater<T>(
  read: () => Promise<T>,
  ...own: readonly Class[]
): Promise<{ value: T } | { error: Error }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error: checkedError(error, own) };
  }
}

function checkedError(error: unknown, own: readonly Class[]): Error {
  if (!own.some((type) => error instanceof type)) throw error;
  const { message, advice } = error as Error & { readonly advice?: unknown };
  if (typeof advice !== 'string' || advice === '') throw new Error(`no advice: ${message}`, { cause: error });
  if (!/^.{10,700}$/u.test(message))
    throw new Error(`not one line: ${message.slice(0, 900)}`, { cause: error });
  return error as Error;
}

/**
 * Memory that typed arrays and array buffers take, in bytes, while `work` runs; what
 * V8 has not collected yet counts.
 */
export function buffersTaken(work: () => unknown): number {
  const before = process.memoryUsage().arrayBuffers;
  work();
  return process.memoryUsage().arrayBuffers - before;
}

/** A clock that stands still while others have the processor: milliseconds that this process has computed. */
export function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * How many times as long `work` computes on eight times as much: about 8 where it is linear, 64 where it
 * takes the square. The least of three tries each, so that what else the process does is not counted.
 */
export function growth(work: (size: number) => void, size: number): number {
  const took = (n: number): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const start = computed();
        work(n);
        return computed() - start;
      }),
    );
  took(size);
  return took(8 * size) / took(size);
}

/** The most that `growth` may be of linear work: thrice as long on twice as much, three times over. */
export const LINEAR = 27;
