/** The bound on a difference of log-probabilities, shared by the graph of the gradient, the formulas it is held against, and the metrics. */

/** Log-ratios are clamped to +- this before exp, which then cannot overflow. */
export const MAX_LOG_RATIO = 20;
