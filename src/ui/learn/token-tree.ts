/**
 * The rollouts of one prompt as a tree: where they begin alike they share a path, where the
 * policy was undecided they part. All numbers are the sampler's own, from the log: at one place
 * all drawn tokens belong to one distribution, so their probabilities may stand side by side.
 */

export interface TokenPiece {
  readonly text: string;
  /** The sampler's probability of this token after those before it; null when the log does not say. */
  readonly probability: number | null;
}

export interface Branch {
  /** Text of the token; empty for the end of the program. */
  readonly text: string;
  readonly probability: number | null;
  /** Rollouts that went this way. */
  readonly rollouts: readonly number[];
}

/** The sign that ends a program, as a piece. */
export const END = '';

interface Logged {
  readonly completion: string;
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  readonly finish: 'eos' | 'length';
}

/**
 * A completion as pieces: the tokens it was written in, when their texts are known and
 * joined give the completion; else the pieces `split` makes, without probabilities.
 */
export function tokenPieces(
  { completion, tokens, logProbs, finish }: Logged,
  textOf: ((token: number) => string) | null,
  split: (text: string) => readonly string[],
): readonly TokenPiece[] {
  if (textOf !== null && tokens.length > 0 && tokens.length === logProbs.length) {
    const ended = finish === 'eos';
    const texts = tokens.map((token, i) => (ended && i === tokens.length - 1 ? END : textOf(token)));
    if (texts.join('') === completion)
      return texts.map((text, i) => ({ text, probability: Math.exp(logProbs[i] ?? 0) }));
  }
  const end = finish === 'eos' ? [{ text: END, probability: null }] : [];
  return [...split(completion).map((text) => ({ text, probability: null })), ...end];
}

/** Rollouts that begin as `chosen` does, for `length` pieces. */
export function companions(
  rollouts: readonly (readonly TokenPiece[])[],
  chosen: number,
  length: number,
): readonly number[] {
  const path = rollouts[chosen] ?? [];
  return rollouts.flatMap((pieces, r) =>
    path.slice(0, length).every((piece, i) => pieces[i]?.text === piece.text) ? [r] : [],
  );
}

/**
 * What the rollouts on the path of `chosen` drew at place `at`: likeliest first, or
 * most drawn first without probabilities.
 */
export function branchesAt(
  rollouts: readonly (readonly TokenPiece[])[],
  chosen: number,
  at: number,
): readonly Branch[] {
  const byText = new Map<string, { text: string; probability: number | null; rollouts: number[] }>();
  for (const r of companions(rollouts, chosen, at)) {
    const piece = rollouts[r]?.[at];
    if (piece === undefined) continue;
    const branch = byText.get(piece.text) ?? { ...piece, rollouts: [] };
    branch.rollouts.push(r);
    byText.set(piece.text, branch);
  }
  return [...byText.values()].sort(
    (a, b) => (b.probability ?? 0) - (a.probability ?? 0) || b.rollouts.length - a.rollouts.length,
  );
}

/** Places along a rollout where others went another way. */
export function splitsOf(rollouts: readonly (readonly TokenPiece[])[], chosen: number): readonly number[] {
  return (rollouts[chosen] ?? []).flatMap((_, at) =>
    branchesAt(rollouts, chosen, at).length > 1 ? [at] : [],
  );
}

/** How many different programs there are. */
export const differentPrograms = (completions: readonly string[]): number => new Set(completions).size;

/** A stretch of a tree without a fork, to be drawn as one line. */
export interface Stretch {
  /** Places covered: from (the fork, or 0) to the next fork or the end. */
  readonly from: number;
  readonly to: number;
  readonly rollouts: readonly number[];
  /** Rows in units of leaves: where it begins (on its parent) and where it runs. */
  readonly parentRow: number;
  readonly row: number;
}

export interface Tree {
  readonly stretches: readonly Stretch[];
  /** Different programs, top to bottom: the row of each and the rollouts that wrote it. */
  readonly leaves: readonly {
    readonly row: number;
    readonly end: number;
    readonly rollouts: readonly number[];
  }[];
  readonly longest: number;
}

/** Lays the tree out: one row for every different program, inner stretches in the middle of theirs. */
export function treeOf(rollouts: readonly (readonly TokenPiece[])[]): Tree {
  const stretches: Stretch[] = [];
  const leaves: { row: number; end: number; rollouts: readonly number[] }[] = [];
  /** Lays out the stretch of `members` that begins at `from`; its row is known once its children's are. */
  const lay = (members: readonly number[], from: number): number => {
    let to = from;
    let parts: readonly (readonly number[])[];
    for (;;) {
      parts = partsAt(rollouts, members, to);
      if (parts.length !== 1 || parts[0]?.every((r) => rollouts[r]?.[to] === undefined)) break;
      to++;
    }
    if (parts.length <= 1) {
      const row = leaves.length;
      leaves.push({ row, end: to, rollouts: members });
      stretches.push({ from, to, rollouts: members, parentRow: row, row });
      return row;
    }
    const mine = stretches.length;
    stretches.push({ from, to, rollouts: members, parentRow: 0, row: 0 });
    const children = parts.map((part) => {
      const index = stretches.length;
      return { index, row: lay(part, to) };
    });
    const row = (children[0]!.row + children.at(-1)!.row) / 2;
    for (const { index } of children) stretches[index] = { ...stretches[index]!, parentRow: row };
    stretches[mine] = { ...stretches[mine]!, parentRow: row, row };
    return row;
  };
  if (rollouts.length > 0)
    lay(
      rollouts.map((_, r) => r),
      0,
    );
  return { stretches, leaves, longest: Math.max(1, ...rollouts.map((pieces) => pieces.length)) };
}

/** Members by their piece at a place; those that end before it are a part of their own. Largest first. */
function partsAt(
  rollouts: readonly (readonly TokenPiece[])[],
  members: readonly number[],
  at: number,
): readonly (readonly number[])[] {
  const parts = new Map<string | null, number[]>();
  for (const r of members) {
    const text = rollouts[r]?.[at]?.text ?? null;
    parts.set(text, [...(parts.get(text) ?? []), r]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}
