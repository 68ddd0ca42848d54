/** The unbiased estimate of pass@k from n samples of which c passed. It is never the best of k. */

/**
 * 1 - C(n - c, k) / C(n, k) as the product 1 - prod_{i = n-c+1..n} (1 - k / i), which
 * cannot overflow (Chen et al., arXiv 2107.03374).
 */
export function passAtK(n: number, c: number, k: number): number {
  if (!(k >= 1 && k <= n && c >= 0 && c <= n))
    throw new RangeError(`pass@${k} of ${c} passed among ${n} is not defined.`);
  if (n - c < k) return 1;
  let fail = 1;
  for (let i = n - c + 1; i <= n; i++) fail *= 1 - k / i;
  return 1 - fail;
}
