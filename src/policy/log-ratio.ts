/**
 * The bound on a difference of log-probabilities. The gradient graph, the formulas
 * that tests hold it to, and the metrics share it.
 */

/** Log-ratios are clamped to +- this before exp, which then cannot overflow. */
export const MAX_LOG_RATIO = 20;
