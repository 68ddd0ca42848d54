/** 术语表。 */
import type { glossary as en } from '../en/glossary.ts';

export const glossary: typeof en = {
  heading: '术语',
  about: '本页术语的含义。',
  terms: {
    policy: { name: '策略', text: '把模型看作选择下一个词元的规则。训练移动它的概率。' },
    token: { name: '词元', text: '模型一次写出的一段文字：一个词、一个符号、一个数字，或带缩进的换行。' },
    rollout: { name: '采样', text: '策略对一个提示的一次完整尝试。' },
    group: { name: '组', text: '一步中同一个提示的所有采样。每个采样和同组的其他采样相比。' },
    reward: { name: '奖励', text: '一个采样挣得的数。对程序来说：全部测试通过得 1，否则得 0。' },
    advantage: {
      name: '优势',
      text: '一个采样比基线（多为组内平均）好多少。为正的会变得更可能，为负的会变得更不可能。',
    },
    rlvr: {
      name: 'RLVR',
      text: '可验证奖励的强化学习：奖励由程序检查。这里只看测试是否通过。',
    },
    'coderl-plus': {
      name: 'CodeRL+',
      text: '在 RLVR 的同一步里加上第二个练习：策略说出自己失败的程序算出了什么，说对就有奖励（arXiv 2510.18471）。',
    },
    trace: { name: '追踪', text: '程序逐行做了什么：运行了哪一行，给哪个变量赋了什么值。' },
    'alignment-record': {
      name: '对齐记录',
      text: '一个失败的程序、一个输入，以及变量真正的终值：一道有标准答案的题。',
    },
    'alignment-reward': {
      name: '对齐奖励',
      text: '对程序的一个回答所得的奖励：其中正确的比例，按这次运行规定的方式计算。',
    },
    'held-out': { name: '留出', text: '不参加训练。在从没练过的任务上，才看得出策略是否学到了更多。' },
    seed: {
      name: '随机种子',
      text: '一次运行的全部随机性都来自这个数。设置相同、种子不同，就是另一次运行、另一种运气。',
    },
    interval: {
      name: '95% 区间',
      text: '由一条规则得到的范围，这条规则 100 次中有 95 次覆盖真值。区间不含零，才算显示出差异。',
    },
    nats: {
      name: '奈特',
      text: '以自然对数计的信息单位。概率为 1/2.72 的事发生，意外程度是 1 奈特；0.69 奈特是 1 比特。',
    },
    prior: {
      name: '先验',
      text: '计算一组的基线时，额外加入多少个想象的平均水平回答。小组的基线由此被拉向整步的基线。',
    },
    'shared-optimizer': {
      name: '共用优化器',
      text: '程序和回答进入同一次更新，共用一套梯度的滑动平均。',
    },
    'own-optimizer': {
      name: '独立优化器',
      text: '回答在程序之后单独更新，有自己的梯度滑动平均：两类互不淹没。',
    },
    adapter: {
      name: '适配器（LoRA）',
      text: '模型权重旁边的小矩阵。只训练它们；去掉它们就回到基础模型。',
    },
    'eval_heldout/pass@1': {
      name: '留出 pass@1',
      text: '一次采样就能解决的留出任务的比例，对各次采样取平均。',
    },
    'eval_heldout/pass@8': {
      name: '留出 pass@8',
      text: '8 个采样程序中至少一个能解决的留出任务的比例，由全部采样无偏估计。',
    },
    'eval_heldout/greedy': {
      name: '留出，贪心',
      text: '每次都取最可能的词元时解决的留出任务的比例：没有随机性的最佳回答。',
    },
    'eval_alignment/accuracy': {
      name: '执行准确率',
      text: '基础模型失败程序的变量中，策略贪心回答时说对其值的比例。整个运行中程序不变。',
    },
    'eval_alignment/sampled': { name: '执行准确率，采样', text: '同上，但回答像训练中那样随机抽取。' },
    'eval_alignment/return': { name: '失败程序的返回值', text: '只看返回值，说对的失败程序的比例。' },
    'eval_alignment/exact': { name: '失败程序的完整追踪', text: '所问的每个值都说对的失败程序的比例。' },
    'eval_reasoning/accuracy': {
      name: '代码推理，参考解',
      text: '在最短输入上，策略说对结果的参考解的比例。',
    },
    'eval_reasoning/own_programs': {
      name: '代码推理，自己的程序',
      text: '基础模型自己写对的程序在所有可见输入上的结果中，策略说对的比例。',
    },
    'eval_test_output/accuracy': {
      name: '测试输出预测',
      text: '只看描述、不看程序，说对期望输出的比例。',
    },
    'eval_verified/chosen': {
      name: '靠自己的预测挑选',
      text: '从样本里挑出策略预测其可见测试结果符合期望的那个，能做对的留出任务的比例。',
    },
    'eval_verified/most_probable': {
      name: '靠自己的概率挑选',
      text: '在同样的任务上挑出策略给的概率最大的样本，能做对的比例。',
    },
    'rewards/mean': {
      name: '平均奖励',
      text: '一步中所有采样的平均。它关于正在练习的任务，因此不如留出的度量有说服力。',
    },
    groups: { name: '混合组', text: '组内有的采样挣得更多。只有它们能教东西：全都一样时，每个优势都是 0。' },
    entropy: { name: '熵', text: '策略对下一个词元有多犹豫，以奈特计。接近 0 时它总写同样的内容。' },
    grad_norm: { name: '梯度范数', text: '裁剪之前梯度的长度：一步拉动的力度。' },
    loss: { name: '损失', text: '更新使之变小的量。同策略时它按构造接近 0，而它的梯度并不为 0。' },
    kl: {
      name: '与基础模型的 KL',
      text: '策略离基础模型有多远：对数概率差的平均，以每词元奈特计。',
    },
    gap: {
      name: '采样与训练之差',
      text: '一步的第一次更新之前，采样时和训练时的概率相差多少。这里两者出自同一引擎，所以只是舍入误差。',
    },
    funnel: { name: '漏斗', text: '一步的程序在成为对齐记录的路上，通过每道门的数目。' },
    time: { name: '每步秒数', text: '一步的时间花在哪里，用本机的时钟测得。' },
  },
};
