/**
 * How terms of the glossary are written in sentences that carry no marks; `|` between
 * two spellings. What they mean comes later.
 */
export const termWords = {
  rlvr: 'RLVR',
  'coderl-plus': 'CodeRL+',
  nats: 'nats',
  prior: 'prior',
  interval: '95 % interval',
  seed: 'seed|seeds',
  advantage: 'advantage',
  'eval_heldout/greedy': 'greedy',
};
