/**
 * Chapters 4 and 5 of Learn: what programs compute, and learning to say it. Marks as
 * in the English catalogue.
 */
import type { learnExecution as en } from '../en/learn-execution.ts';

export const learnExecution: typeof en = {
  traces: {
    title: '代码做了什么：执行轨迹',
    lead: '奖励只说程序失败了。轨迹说出它做了什么。',
    failed: (step) =>
      `策略在第 ${step} 步写了[这个程序](program)，它失败了。下面用[这个输入](input)调用一次。`,
    failedSource: (step) => `策略在第 ${step} 步写了[这个程序](program)。下面用[这个输入](input)调用一次。`,
    steps: '解释器在旁边看着：运行了哪一[行](line)，[改变](changed)了什么。一步一步走，自己当一回解释器。',
    path: '[路径](path)显示整个调用：每个点是一行被执行的代码。跳回上面的地方，就是循环又开始了一轮。',
    question: (name) => `读一读程序。调用结束时 \`${name}\` 是什么？`,
    answer: (name, value) => `\`${name}\` 最后是 \`${value}\`。`,
    final:
      '这一切只留下很小的一部分：每个变量在[最后一次定义](final)时的值，以及返回的值。程序、输入和这些值构成一条*对齐记录*{alignment-record}。',
    point:
      '没有人需要标注任何东西。程序算出什么，解释器都知道，不管对错。所以每个失败的程序都是一道有标准答案的题。',
    figure: {
      label: '一次调用，逐行执行',
      call: '调用',
      first: '到开头',
      back: '退一行',
      forward: '进一行',
      last: '到结尾',
      step: '执行的行',
      stepOf: (step, of) => `${step} / ${of}`,
      before: '还没有运行任何一行。',
      ran: '刚刚运行',
      variables: '变量',
      variable: '变量',
      value: '值',
      changedMark: '已改变',
      nothingChanged: '没有改变任何变量',
      path: '执行路径',
      pathDot: (step, line) => `第 ${step} 次执行，第 ${line} 行`,
      finals: '最后的定义',
      finalLine: (line) => `第 ${line} 行`,
      returned: '返回值',
      noTrajectory: '这次训练只问最后的值，所以日志里没有可以逐步走的过程。',
    },
  },

  lesson: {
    label: '一个错误的回答，从头跟到尾',
    failed: '一个没通过的程序',
    gave: '得到',
    wanted: '测试要的是',
    asked: (step) => `它做了什么，第 ${step} 步的提问：`,
    again: '再写一遍',
    line: '执行的行',
    truth: '实际发生的',
    said: '策略说的',
    nothing: '什么也没有',
    right: '正确',
    firstWrong: '第一处错误',
    rest: (n) => `还有 ${n} 行，不作评判。`,
    reward: '它得到什么',
    rewardOfLines: (right, total, reward) =>
      `在第一处错误之前，${total} 个部分（执行的行、最终值和结尾）中有 ${right} 个正确：奖励是 ${reward}。`,
    rewardOfValues: (right, total, reward) => `${total} 个值中有 ${right} 个正确：奖励是 ${reward}。`,
    tokens: '更新对它的 token 做了什么，旁边是同一问题的一个正确回答：',
    wrongAnswer: '这个回答',
    rightAnswer: '一个正确的',
    tokenKey: '绿色变得更可能，红色变得更不可能，灰色没有动：责任在第一个错误的 token，之后的不作评判。',
    askedBeside: (step) => `它做什么？在第 ${step} 步之后问：`,
    noReward: (right, total) =>
      `${total} 个值中 ${right} 个正确。这次运行不为此给奖励：它只看测试，这些问题是在训练之外问的，用来比较。`,
    same: '同一个问题，再问一次',
    sameLead: (n) => `训练前和训练中的几步，用相同的随机数问了策略 ${n} 次。这里是每一步的同一个回答。`,
    atStep: (step) => (step === 0 ? '训练前' : `第 ${step} 步`),
    allAnswers: '全部回答中正确的',
  },

  alignment: {
    title: '说对程序做了什么，也有奖励',
    lead: 'CodeRL+ 在同一步里把失败变成第二种练习。',
    task: '给策略看[它自己失败的程序](question)和输入，它要[说出](predicted)每个变量最后是什么。解释器手里有[真值](truth)。',
    reward:
      '*对齐奖励*{alignment-reward}是说对的值所占的比例。它不是全有或全无：即使没有一个程序通过，也有东西可学。',
    question: (n) => `这是第 ${n} 个回答。它得到多少奖励？`,
    answer: (right, all, value) => `${all} 个值中说对了 ${right} 个，所以奖励是 ${value}。`,
    notAsked:
      '这次运行只由测试给奖励，从不问程序做了什么；这里的回答是在训练之外问的，没有推动任何更新。在页首选择 CodeRL+ 的运行，看看提问会带来什么。',
    line: '逐行来看，[第一个错误](first)就是策略跟丢的地方。从那以后，它描述的是一个从未运行过的程序。',
    forms: '按比例给奖励是最好的吗？[换一种](forms)，看同样的回答怎样改变名次。',
    formNames: { paper: '对的比例', reference: '参考代码', prefix: '最长正确前缀' },
    formAbout: {
      paper: '与论文相同：说对的值 / 所有的值，返回值也算一个。',
      reference: '与论文的代码相同：读不懂得 0，否则 0.1 加上 0.9 乘以比例。',
      prefix: '我们的：第一个错误之前的行数 / 总行数。最后碰巧说对，得不到多少。',
    },
    funnel: '不是每次失败都是一道好题。[漏斗](funnel)显示写出这个程序的那一步里，每道关口各通过了多少。',
    point: (update) =>
      `这些回答构成一个组，优势的算法和前面一样，但从不和程序混成一组：程序和程序比，回答和回答比。${
        update === 'shared' ? '两种组进入同一次更新。' : '在这次训练里，回答在程序之后单独更新。'
      }`,
    used: {
      paper: '这次训练用的是对的比例。',
      reference: '这次训练用的是参考代码的规则。',
      prefix: '这次训练用的是最长正确前缀。',
      line: '这次训练用的是最长正确前缀，并且每一行有自己的优势：功劳归于挣得它的那一行。',
      token: '这次训练用的是最长正确前缀，并且逐个词元给出优势：只有第一个错误的词元受罚。',
    },
    gates: {
      program: '次采样里有程序',
      parses: '个是合法的 Python',
      source: '个失败了',
      runs: '个能运行到结束',
      plain: '个碰不到观察者',
      gradable: '个留下了可以问的值',
      unique: '个以前没见过',
      fits: '个短到可以问',
    },
    figure: {
      label: '一道题，整组回答',
      answers: '回答',
      answerN: (n) => `回答 ${n}`,
      answerLabel: (n, right, all) => `回答 ${n}：${all} 个中对 ${right} 个`,
      malformed: '无法读懂',
      variable: '变量',
      predicted: '预测',
      truth: '真值',
      right: '对',
      wrong: '错',
      hidden: '你猜过之后才显示对错',
      lines: '逐行比较',
      linePredicted: '策略说的',
      lineTruth: '实际发生的',
      firstWrong: '第一个错误',
      nothing: '没有',
      form: '奖励函数',
      funnel: (step) => `第 ${step} 步的漏斗`,
      noLines: '这次训练只问最后的值。',
    },
  },
};
