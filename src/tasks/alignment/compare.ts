/**
 * Says how far a predicted trajectory agrees with the true one, for rewards and for the page. It works on
 * tokens and on lines alike and does not know what they mean.
 */

/** Index of the first element that differs, is missing or is too many; null when both are the same. */
export function firstWrong(predicted: readonly string[], truth: readonly string[]): number | null {
  const shared = longestCorrectPrefix(predicted, truth);
  return shared === predicted.length && shared === truth.length ? null : shared;
}

/** How many elements agree before the first difference. */
export function longestCorrectPrefix(predicted: readonly string[], truth: readonly string[]): number {
  let i = 0;
  while (i < predicted.length && i < truth.length && predicted[i] === truth[i]) i++;
  return i;
}
