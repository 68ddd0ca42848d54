/** The work that this project and its peers are given, the same for all. Only numbers and a model's files. */

/** One policy-gradient step of a LoRA adapter: rows of tokens, all but the first of each trained. */
export const STEP = { rows: 8, tokens: 256, rank: 8, alpha: 16 } as const;

/** Rollouts of one prompt. */
export const PROMPT =
  'def add_all(numbers):\n    """Return the sum of a list of numbers."""\n    total = 0\n';
export const NEW_TOKENS = 24;
export const BATCHES = [1, 8] as const;
