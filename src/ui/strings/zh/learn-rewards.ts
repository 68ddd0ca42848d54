/**
 * Chapters 1 to 3 of Learn: a policy, tests that reward it, a group and its
 * advantages. Marks as in the English catalogue.
 */
import type { learnRewards as en } from '../en/learn-rewards.ts';

export const learnRewards: typeof en = {
  policy: {
    title: '什么是策略',
    lead: '策略就是选择下一步写什么的规则。这个策略写的是 Python。',
    reads:
      '模型先读[提示](prompt)：一行注释和函数的第一行。然后它选出一个*词元*{token}：一个词、一个符号、一个数字，或一个带缩进的换行。',
    draws:
      '它为认识的每个词元给出成为下一个的[概率](probability)，按概率随机抽出一个接在后面，再问一次模型，直到抽到[结束](end)。',
    again:
      '再问一遍，它可能写出[另一个程序](tree)。一次完整的尝试叫一次*采样*{rollout}（rollout）。同一提示的所有采样构成一个*组*{group}。',
    question: (n) => `策略对这个提示回答了 ${n} 次。它一共写了几个不同的程序？`,
    answer: (different, n) =>
      different === n
        ? `${n} 个全都不同。树上的每条线是一个程序。`
        : different === 1
          ? `只有一个，写了 ${n} 遍：在这里策略很有把握。`
          : `${n} 次采样里有 ${different} 个不同的程序。粗线是多次采样共同走过的路；策略拿不准的地方，路就分开。`,
    fork: '跳到一个[岔口](fork)。条形显示那里抽到了什么、各有多大可能。不足 100% 的部分属于谁也没抽到的词元。',
    point: '学习就是把这些概率稍微挪一挪：有用的调高，没用的调低。但谁来说哪个有用？',
    figure: {
      label: '一次采样，逐词元写出',
      rollout: '采样',
      written: (done, all) => `${done} / ${all} 个词元`,
      play: '播放',
      pause: '暂停',
      token: '词元',
      previousFork: '上一个岔口',
      nextFork: '下一个岔口',
      next: '下一个词元',
      drawn: '此处抽到',
      others: '从未抽到',
      more: (n) => `另外 ${n} 种词元`,
      end: '结束',
      lineBreak: (spaces) => `换行，${spaces} 个空格`,
      finished: '程序写完了。',
      chance: (chance) => `把所有词元合在一起：恰好写出这个程序的概率是 ${chance}。`,
      oneIn: (n) => `${n} 分之一`,
      tree: '这个提示的所有采样，画成一棵树',
      treeLater: '所有程序的树会在你猜过之后出现。',
      treeHelp: '从左到右是词元。每个末端是一个程序，点它来读。',
      times: (n) => `${n} 次`,
      leaf: (rollouts, times) => `采样 ${rollouts} 的程序，写了 ${times}`,
      unsure: '下划线：词元越不可能，线越粗。',
      noProbabilities: '这段录制没有保留这里的概率；条形表示采样的次数。',
    },
  },

  tests: {
    title: '来自测试的奖励',
    lead: '没有人给文风打分。程序跑起来，由测试说了算。',
    runs: '每个程序都放进沙箱，用已知答案的输入来[调用](call)。它返回的值再与[期望](expected)的值比较。',
    reward: '所有测试都通过，*奖励*{reward}就是 [1](reward)，否则是 0。差一点对也没有分：差一点对就是有错。',
    question: '你来当裁判。哪些程序能通过所有测试？',
    pass: '通过',
    fail: '不通过',
    score: (right, all) => `${all} 个里判对了 ${right} 个。`,
    verdicts:
      '失败有很多种。[崩溃](verdicts)、永不结束的循环、根本不是 Python 的文字：各有各的判定，奖励都是 0。',
    map: '再看完整的一步。[每一列](map)是一个提示，每个格子是一次采样。[曲线](curve)是每一步的平均奖励。拖动滑块，走过整个训练。',
    point: '有些列全是对号或全是叉号。请记住它们：下一章会说明它们为什么什么也教不了。',
    figure: {
      task: '任务',
      program: (n) => `程序 ${n}`,
      tests: '它的测试',
      hidden: (n) => `另有 ${n} 个隐藏测试`,
      call: '调用',
      expected: '期望',
      got: '得到',
      allPassed: '所有测试都通过了。',
      reward: '奖励',
      stepOf: (step, of) => `第 ${step} 步，共 ${of} 步`,
      mapLabel: (step, groups, passed, all) =>
        `第 ${step} 步：${groups} 个提示，${all} 次采样中 ${passed} 次通过`,
      some: (n, of) => `录制保留了这一步 ${of} 个提示中的 ${n} 个。`,
      curve: '每一步测试奖励的平均值',
      mean: (value) => `平均奖励 ${value}`,
      verdictsOf: (step) => `第 ${step} 步的判定`,
    },
  },

  group: {
    title: '动手算一个组的优势',
    lead: '奖励是 1，算好消息吗？要看是不是本来就该如此。',
    compare:
      '所以每次采样都和自己的组比：同一个提示的各个[奖励](rewards)。如果大家都通过了，通过就没什么特别。',
    formula:
      '先求[平均](mean)。再求[离散度](spread)：样本标准差，除数是采样次数减一。*优势*{advantage}就是奖励离平均有多远，[以离散度为单位](advantage)。',
    formulaLabel: '优势等于奖励减平均，再除以离散度加 ε',
    words: { advantage: '优势', reward: '奖励', mean: '平均', spread: '离散度' },
    epsilon: (eps) => `这次训练的 ε 是 ${eps}，只是为了避免除以零。`,
    question: (ones, n) => `这个组的 ${n} 次采样中有 ${ones} 次通过。请用笔或心算算出来。`,
    askMean: '奖励的平均',
    askSpread: '离散度',
    askPass: '通过的采样的优势',
    askFail: '没通过的采样的优势',
    mistakes: {
      'not-a-number': '这不是一个数。试试 0.25 或 1/4。',
      'population-std': '差一点：平方和要除以 n − 1，不是 n。',
      variance: '这是方差。再开平方。',
      'no-mean': '先从奖励里减去平均。',
      'no-spread': '这是离平均的距离。再除以离散度。',
      sign: '大小对了，符号反了。',
      other: '还不对。',
    },
    done: '四个都对。更新用的正是这些数。',
    logged: (value) => `训练自己的日志与公式一致：这个组里最大的差别是 ${value}。`,
    otherEstimator: (name) => `这次训练用的是另一种估计方法 ${name}；这里算的是最朴素的 GRPO。`,
    rare: {
      pass: '在这里通过是少见的，所以它得到大的数：意外教得更多。',
      fail: '在这里失败是少见的，所以它得到大的数：意外教得更多。',
      even: '在这里通过和失败一样多，所以两者大小相同。',
    },
    play: '现在[改一改奖励](rewards)：按一下，0 变 1。全都一样时会怎样？',
    flat: '奖励全都相等：每个优势都是 0。这个组什么也教不了，它的词元不参与更新。',
    point:
      '然后是更新。优势为正的采样，每个词元都被推高；优势为负的，每个词元都被压低。但失败的程序只是被推开。还没有谁说出它们错在哪里。',
    figure: {
      label: '组里的奖励，以及它们变成什么',
      stage: '显示',
      stages: { reward: '奖励', centred: '减去平均', advantage: '除以离散度' },
      toggle: (n, reward) => `采样 ${n} 的奖励：${reward}。按一下改变它。`,
      mean: '平均',
      spread: '离散度',
      restore: '恢复录制的奖励',
      recorded: '录制的原样',
      changed: '你改过的',
      hidden: '你算出来之后才显示。',
    },
  },
};
