/** “执行有什么用”面板：各种仪器、各自测什么、读数。 */
import type { en } from '../en/index.ts';

export const instruments: (typeof en)['instruments'] = {
  heading: '执行有什么用',
  lead: '知道代码做什么，什么时候会让代码变好？这里的仪器看的是模型现在的样子。它们什么都不改变，期间训练会等待。',
  loadFirst: '请先加载模型：每种仪器都要问它。',
  found: '它们在 nano 上看到了什么（带区间）：',
  chapter: '“学习”的第 6 章',
  measure: '测量',
  measuring: '正在测量',
  tasks: '任务数',
  seed: '随机种子',
  at: (step) => (step === 0 ? '训练之前' : `第 ${step} 步之后`),
  interval: (low, high) => `${low} 到 ${high}`,
  labels: {
    kept: '训练和页面上的一切都还在。',
    advice: '请检查网络，然后再测一次。',
    missing: '没能取得任务的标注。',
  },
  compass: {
    heading: '它们往同一个方向拉吗？',
    about:
      '学写程序和学执行各把适配器往一个方向拉。两个方向的余弦说明一个对另一个有多少帮助：1 是同向，0 是互不影响，−1 是相反。任务少时方向大多是噪声；色带是最多能看到的范围。',
    cosine: '余弦',
    atMost: '最多可见',
    pair: '两个方向',
    reliability: '信度',
    unknown: '无法得知',
    rests: (tasks, parts) => `${tasks} 个任务，分 ${parts} 份`,
    names: {
      code: '程序',
      alignment: '关于程序的回答',
      'supervised code': '照抄正确程序',
      'supervised trace': '照抄正确回答',
    },
  },
  verify: {
    heading: '它会挑得更好吗？',
    about:
      '模型为一个任务写八个程序，并说出每个程序在可见测试上返回什么。预测结果与期望一致的那个被选中。这时不运行任何程序。',
    choice: '按什么挑选',
    solved: '做对',
    rests: (tasks, n) => `${tasks} 个留出任务，每个 ${n} 个程序`,
    names: {
      random: '随机',
      'most probable': '自己的概率',
      current: '自己的预测',
      base: '未训练模型的预测',
      'visible tests': '运行可见测试',
      any: '知道全部测试的人',
    },
    gain: (gain, low, high) => `按自己的预测比按自己的概率：${gain} [${low}, ${high}]。`,
  },
  probe: {
    heading: '它的隐藏状态知道什么？',
    about:
      '未训练的模型写程序。在文本的五个位置、每一层之后的状态上拟合一个线性读取器，再拿它没见过的任务来问。格子越深，它比“把标签在程序之间打乱”和“只数到此为止的词元”多读出来的就越多。',
    target: '问什么',
    targets: {
      passes: '程序是否通过',
      value: '某个变量最后的值',
      branch: '第一个 if 是否为真',
    },
    contexts: {
      writing: '写的时候（在描述之后）',
      reading: '读的时候（在带输入的问题里）',
    },
    kinds: {
      class: '把一对排对的概率（AUC，.50 等于猜）',
      number: '解释的方差（R²，0 等于猜）',
    },
    layer: '位置',
    embedding: '嵌入层之后',
    layers: (layer) => `第 ${layer} 层之后`,
    place: (share) => `读到 ${share}`,
    bag: '只数词元',
    rests: (programs, tasks) => `${tasks} 个留出任务的 ${programs} 个程序`,
    best: (layer, place, score, gain, low, high) =>
      `比对照多得最多的是${layer}、${place}：${score}，比较好的那个对照多 ${gain} [${low}, ${high}]。它是许多格子里最好的一个，所以显得偏好。`,
    against: (gain, low, high) => `与未训练的模型相比（最后一层、整段文本）：${gain} [${low}, ${high}]。`,
    few: (least) => `知道答案的程序太少：至少要 ${least} 个，而且两类都要够。请增加任务数。`,
  },
  census: {
    heading: '程序为什么失败？',
    about:
      '按规则判断：在所有测试上与某种已知的误读做得一样的程序，是读错了描述。如果 Python 按模型学来的误读去执行它就能通过，那是执行失误。',
    kind: '错误',
    programs: '程序数',
    rests: (programs, failed) => `${programs} 个程序，${failed} 个失败`,
    none: '没有程序失败。',
    names: {
      syntax: '不是 Python',
      budget: '在限额内没有结束',
      both: '读错描述，执行失误也能解释',
      'misread description': '读错描述',
      'execution slip': '执行失误',
      exception: '以异常结束',
      unexplained: '没有规则能解释',
    },
  },
};
