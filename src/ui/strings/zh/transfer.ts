/** 第六章的最后一问：学会执行，能不能帮助写程序？按结论选句子。 */
import type { transfer as english } from '../en/transfer.ts';

export const transfer: typeof english = {
  lead: '知道程序算出什么，和写出能通过测试的程序，是两种本领。什么时候前者能帮助后者？看三处。',
  census: (failed, count, share) =>
    `[程序为什么失败](census)。未训练的模型有 ${failed} 个失败的程序，其中 ${count} 个（${share}）在每个测试上的表现，都恰好是误读了描述的结果。`,
  slips: (count) =>
    count === 0 ? '没有一个单靠“执行出错”就能解释。' : `单靠“执行出错”能解释的有 ${count} 个。`,
  angles:
    '[两股力往哪里拉](angles)。每个训练样本都把适配器往某个方向拉。余弦为 1 是同一方向；为 0，即成直角时，学会一样对另一样毫无作用。',
  writing: {
    higher: '正确的程序与真实的轨迹在一定程度上往同一方向拉。',
    lower: '正确的程序与真实的轨迹往相反的方向拉。',
    'no difference shown': '正确的程序与真实的轨迹之间，看不出共同的方向。',
  },
  computed: {
    higher: '在专门设计成“要写就得先算”的任务上，两者确实在一定程度上同向：执行在那里是写作的一步。',
    lower: '在专门设计成“要写就得先算”的任务上，两者方向相反。',
    'no difference shown': '即使在专门设计成“要写就得先算”的任务上，也看不出共同的方向。',
  },
  effects: '[结果如何](effects)：CodeRL+ 与 RLVR 相比。',
  passes: {
    higher: '在 nano 的任务上，它写出更多能通过的程序。',
    lower: '在 nano 的任务上，它写出的能通过的程序更少。',
    'no difference shown': '在 nano 的任务上，没有显示出它写出的能通过的程序更多或更少。',
  },
  chosen: {
    higher: '面对同样的八个程序，凭策略说出的返回值来挑选，CodeRL+ 更常挑中正确的。',
    lower: '面对同样的八个程序，凭策略说出的返回值来挑选，CodeRL+ 更少挑中正确的。',
    'no difference shown': '面对同样的八个程序，凭它说出的返回值来挑选，CodeRL+ 是否挑得更好，没有显示出来。',
  },
  written: {
    higher: '在由计算决定的任务上，它写出更多能通过的程序。',
    lower: '在由计算决定的任务上，它写出的能通过的程序更少。',
    'no difference shown': '在由计算决定的任务上，它是否写出更多能通过的程序，没有显示出来。',
  },
  control: {
    higher: '描述写明一切、无需计算时，同样的题目上它也写得更多。',
    lower: '描述写明一切、无需计算时，同样的题目上它写出的反而更少。',
    'no difference shown': '描述写明一切、无需计算时，同样的题目上未显示差别。',
  },
  madeFor: '那些任务是为回答这个问题而设计的，并不代表人们平时的需求。',
  figure: {
    effects: 'CodeRL+ 减 RLVR，单位：百分点',
    effectsHelp: '各种子的平均值与 95 % 区间。区间包含零，就没有显示出差别。',
    angles: '两股拉力之间的余弦',
    anglesHelp: '在未训练的适配器处测量，表示为在噪声中所能看到的最大值的份额，附 95 % 区间。',
    census: '程序为什么失败',
    censusHelp: (failed, programs) =>
      `未训练模型的 ${programs} 个程序中有 ${failed} 个失败；图中是失败程序的占比，附按任务计算的 95 % 区间。`,
    from: (name) => `来自 ${name}`,
    seeds: (n) => `${n} 个种子`,
    interval: (mean, low, high) => `${mean} [${low}, ${high}]`,
    oneSeed: (mean) => `${mean}，没有区间`,
    rightAngle: '直角',
    same: '同向',
    effect: {
      variables: '说出失败的程序算出什么',
      'pass@1': '写出能通过的程序',
      chosen: '在八个程序中挑选',
      computed: '写程序，要写就得先算的任务',
      control: '写程序，同样的题但不必先算',
    },
    angle: {
      check: '对正确程序的奖励与正确程序',
      writing: '正确的程序与真实的轨迹',
      computed: '同上，要写就得先算的任务',
    },
    kind: {
      syntax: '不是 Python',
      budget: '没有结束',
      both: '误读，或执行出错',
      'misread description': '误读描述',
      'execution slip': '执行出错',
      exception: '抛出异常',
      unexplained: '没有规则能解释',
    },
  },
};
