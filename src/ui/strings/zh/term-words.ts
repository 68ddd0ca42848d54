/** The spellings of terms in sentences that carry no marks. */
export const termWords = {
  rlvr: 'RLVR',
  'coderl-plus': 'CodeRL+',
  nats: 'nats|奈特',
  prior: '先验',
  interval: '95% 区间',
  seed: '种子',
  advantage: '优势',
  'eval_heldout/greedy': '贪心',
};
