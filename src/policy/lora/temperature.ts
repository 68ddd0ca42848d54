/** The sampling temperature in the form that the graphs take. */

/** What logits are multiplied by; greedy sampling (temperature 0) reports log-probs at temperature 1. */
export const inverseTemperature = (temperature: number): number => (temperature > 0 ? 1 / temperature : 1);
