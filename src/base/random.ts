/**
 * The one seeded generator of the project: streams of uniforms that are forked by name, so that two consumers
 * never share a stream and a new consumer does not shift the others. It is reproducible, not cryptographic.
 */

export interface Random {
  /** Next uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Next whole number in 0 .. n-1; `n` at least 1. */
  int(n: number): number;
  /** One of the items, each equally likely. Throws RangeError on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * A stream of its own, determined by the seed and the names on the way to it alone:
   * how much was drawn before makes no difference.
   */
  fork(name: string): Random;
}

/** 32-bit hash of a text (FNV-1a with the finaliser of MurmurHash3), also used to split tasks by name. */
export function hashText(text: string, salt = 0): number {
  let hash = (0x811c9dc5 ^ salt) >>> 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (code >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream for a seed: number or text; equal seeds give equal streams on every machine. */
export function createRandom(seed: number | string): Random {
  return stream(typeof seed === 'number' ? `#${seed}` : seed);
}

function stream(path: string): Random {
  // sfc32 ("small fast counting", Chris Doty-Humphrey, PractRand): 128 bits of state, period at least 2^32.
  let a = hashText(path, 1) | 0;
  let b = hashText(path, 2) | 0;
  let c = hashText(path, 3) | 0;
  let counter = 1;
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  // The state is a hash already; a few rounds mix the counter in.
  for (let i = 0; i < 12; i++) word();
  const next = (): number => word() / 4294967296;
  const int = (n: number): number => Math.floor(next() * n);
  return {
    next,
    int,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('pick from an empty list');
      return items[int(items.length)] as T;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = copy[i] as T;
        copy[i] = copy[j] as T;
        copy[j] = held;
      }
      return copy;
    },
    fork: (name) => stream(`${path}/${name}`),
  };
}
