/**
 * What the terms of the field and of this page mean, one or two plain sentences each. `name` is how the term
 * is written where it is listed. Metrics are under the names that logs give them.
 */
export const glossary = {
  heading: 'Words',
  about: 'What the terms on this page mean.',
  terms: {
    policy: {
      name: 'policy',
      text: 'The model, seen as a rule for choosing the next token. Training moves its probabilities.',
    },
    token: {
      name: 'token',
      text: 'A piece of text that the model writes at once: a word, a sign, a digit, or a line break with its indentation.',
    },
    rollout: { name: 'rollout', text: 'One complete attempt of the policy at one prompt.' },
    group: {
      name: 'group',
      text: 'The rollouts of one prompt in one step. Each is compared with the others of its group.',
    },
    reward: {
      name: 'reward',
      text: 'The number that a rollout earns. For a program: 1 if every test passes, else 0.',
    },
    advantage: {
      name: 'advantage',
      text: 'How much better a rollout did than its baseline, mostly the mean of its group. Positive ones are made likelier, negative ones less likely.',
    },
    rlvr: {
      name: 'RLVR',
      text: 'Reinforcement learning with verifiable rewards: a reward that a program can check. Here: tests pass or fail, and nothing else counts.',
    },
    'coderl-plus': {
      name: 'CodeRL+',
      text: 'RLVR with a second exercise in the same step: the policy says what its own failed programs compute, and is rewarded for being right (arXiv 2510.18471).',
    },
    trace: {
      name: 'trace',
      text: 'What a program did, line by line: which line ran and which values it gave to which variables.',
    },
    'alignment-record': {
      name: 'alignment record',
      text: 'A failed program, an input, and the values that its variables really end with: a question with a known answer.',
    },
    'alignment-reward': {
      name: 'alignment reward',
      text: 'The reward of an answer about a program: the share of it that is right, counted in the way that the run says.',
    },
    'held-out': {
      name: 'held-out',
      text: 'Kept out of training. Tasks that the policy has never practised show whether it learned more than those it has.',
    },
    seed: {
      name: 'seed',
      text: 'The number that all chance of a run comes from. The same settings with another seed are another run, with other luck.',
    },
    interval: {
      name: '95 % interval',
      text: 'A range made by a rule that covers the true value 95 times out of 100. Where it leaves zero out, a difference is shown.',
    },
    nats: {
      name: 'nats',
      text: 'The unit of information of the natural logarithm. One nat is the surprise at something with a chance of 1 in 2.72; 0.69 nats are one bit.',
    },
    prior: {
      name: 'prior',
      text: 'How many imagined answers of average quality are added to a group when its baseline is taken. A small group’s baseline is drawn towards that of the whole step.',
    },
    'shared-optimizer': {
      name: 'shared optimizer',
      text: 'Programs and answers go into one update, with one running mean of gradients for both.',
    },
    'own-optimizer': {
      name: 'own optimizer',
      text: 'Answers make an update of their own, after that of the programs, with running means of gradients of their own: neither kind drowns the other.',
    },
    adapter: {
      name: 'adapter (LoRA)',
      text: 'Small matrices beside the weights of the model. Only they are trained; without them it is the base model again.',
    },
    'eval_heldout/pass@1': {
      name: 'held-out pass@1',
      text: 'Share of held-out tasks that a single sampled program solves, averaged over the samples.',
    },
    'eval_heldout/pass@8': {
      name: 'held-out pass@8',
      text: 'Share of held-out tasks that at least one of 8 sampled programs solves, estimated without bias from all samples.',
    },
    'eval_heldout/greedy': {
      name: 'held-out, greedy',
      text: 'Share of held-out tasks solved when always the most probable token is taken: the best answer, without chance.',
    },
    'eval_alignment/accuracy': {
      name: 'execution accuracy',
      text: 'Share of variables of failed programs of the base model whose value the policy says right, answering greedily. The programs are the same all through a run.',
    },
    'eval_alignment/sampled': {
      name: 'execution accuracy, sampled',
      text: 'The same, with answers that are drawn by chance, as in training.',
    },
    'eval_alignment/return': {
      name: 'return values of failed programs',
      text: 'Share of failed programs whose returned value alone is said right.',
    },
    'eval_alignment/exact': {
      name: 'whole traces of failed programs',
      text: 'Share of failed programs of which every asked value is said right.',
    },
    'eval_reasoning/accuracy': {
      name: 'code reasoning, reference solutions',
      text: 'Share of reference solutions, on their shortest input, whose result the policy says right.',
    },
    'eval_reasoning/own_programs': {
      name: 'code reasoning, own programs',
      text: 'Share of results of the base model’s own right programs, on all visible inputs, that the policy says right.',
    },
    'eval_test_output/accuracy': {
      name: 'test-output prediction',
      text: 'Share of expected outputs said right from the description alone, with no program to look at.',
    },
    'eval_verified/chosen': {
      name: 'chosen by its own predictions',
      text: 'Share of held-out tasks solved by the sample whose results on the visible tests, as the policy predicts them, are the expected ones.',
    },
    'eval_verified/most_probable': {
      name: 'chosen by its own probability',
      text: 'Share of the same tasks solved by the sample that the policy gives the most probability.',
    },
    'rewards/mean': {
      name: 'mean reward',
      text: 'The mean over the rollouts of a step. It is about tasks that are being practised, so it says less than a held-out measure.',
    },
    groups: {
      name: 'mixed groups',
      text: 'Groups in which some rollouts earn more than others. Only they teach: where all earn the same, every advantage is 0.',
    },
    entropy: {
      name: 'entropy',
      text: 'How undecided the policy is over its next token, in nats. Near 0 it always writes the same.',
    },
    grad_norm: {
      name: 'gradient norm',
      text: 'The length of the gradient before it is clipped: how strongly a step pulls.',
    },
    loss: {
      name: 'loss',
      text: 'What an update makes smaller. On policy it is near 0 by construction, while its gradient is not.',
    },
    kl: {
      name: 'KL to the base',
      text: 'How far the policy has moved from the base model: the mean difference of log-probabilities, in nats per token.',
    },
    gap: {
      name: 'sampler–trainer gap',
      text: 'How far the probabilities at sampling and at training differ before a step’s first update. Both come from one engine here, so it is rounding.',
    },
    funnel: {
      name: 'funnel',
      text: 'How many programs of a step pass each gate on the way to becoming an alignment record.',
    },
    time: {
      name: 'seconds per step',
      text: 'Where the time of a step goes, measured with the clock of this machine.',
    },
  },
};
