/**
 * The order of the rows of queries and keys. In each head, transformers keeps the first rows of all rotated
 * pairs before the second rows. GGUF files of some families keep the two rows of a pair side by side.
 */

/** For each row in transformers' order its row in GGUF's. */
export function rowsFromPairs(rows: number, headDim: number): Uint32Array {
  const half = headDim / 2;
  return Uint32Array.from({ length: rows }, (_, row) => {
    const [head, within] = [Math.floor(row / headDim), row % headDim];
    return head * headDim + (within < half ? 2 * within : 2 * (within - half) + 1);
  });
}
