/** The page for teachers: lessons, what they need, a worksheet. */
interface SheetQuestion {
  readonly ask: string;
  readonly answer: string;
}

export const teach = {
  title: 'For teachers',
  lead: 'Five lessons on a recorded run, a worksheet with answers, and what a classroom needs. Nothing has to be installed on a student’s machine.',
  lessons: 'Five lessons',
  lessonsAbout: 'Each link opens where the lesson begins. They work with a recorded run, without a model.',
  list: [
    {
      title: 'What a policy is',
      about: 'Chapters 1 and 2: probabilities, programs, rewards from tests. 30 minutes.',
    },
    {
      title: 'A group and its advantages',
      about: 'Chapter 3, by hand: why a group of equal rewards teaches nothing. 30 minutes.',
    },
    {
      title: 'What a program computes',
      about: 'Chapters 4 and 5: traces, and a wrong answer followed to its end. 45 minutes.',
    },
    {
      title: 'Watch a run learn',
      about:
        'A recorded run of 60 steps: stop anywhere, read a program, its tests and its trace. 30 minutes.',
    },
    {
      title: 'Did it work?',
      about: 'The Lab with ten finished runs: seeds, intervals, and when a difference is shown. 45 minutes.',
    },
  ],
  lecture: 'As a lecture, by arrow keys',
  open: (title: string) => `Open: ${title}`,
  needs: 'What it needs',
  browser: 'A recent Chrome, Edge or Firefox. Phones read and replay; training wants a laptop.',
  soFar: (size: string) => `This page has fetched ${size} so far in this tab.`,
  recording: (size: string) => `A recorded run is ${size} more.`,
  training: (size: string) =>
    `To train in the tab, a student fetches ${size} once: model, training engine, Python and tasks.`,
  offline:
    'What was fetched is kept in the browser: later visits need no network. Open the page once on every machine beforehand.',
  mirror:
    'A mirror in the classroom, in one command in the project’s folder; students open the address of that machine:',
  mirrorAbout:
    'Over plain http a browser gives a page of another machine one thread and no store for later visits; behind https it has both.',
  worksheet: 'Worksheet',
  quiz: 'Without answers, for students',
  withAnswers: 'With answers',
  copy: 'The link without answers is for students: no answer is in the page then.',
  show: 'Show all answers',
  hide: 'Hide all answers',
  answer: 'Answer',
  print: 'Print',
  questions: [
    {
      ask: 'A model writes the same task eight times, and the eight programs differ. Where does the difference come from?',
      answer:
        'Each token is drawn at random from the probabilities that the model gives to what may come next. The draws differ, and every later token depends on the ones before.',
    },
    {
      ask: 'Four programs have the rewards 1, 0, 0 and 1. What is each one’s advantage, as reward minus the group’s mean?',
      answer:
        'The mean is 0.5, so +0.5, −0.5, −0.5 and +0.5. What is above the mean becomes more likely, what is below becomes less likely.',
    },
    {
      ask: 'In another group all eight programs pass. What does the model learn from it?',
      answer:
        'Nothing: every reward equals the mean, so every advantage is 0. The same holds where all eight fail.',
    },
    {
      ask: 'A test says only that a program is wrong. What more does its trace say?',
      answer:
        'What every line did to every variable: the first line whose value is another one than was meant is where the mistake is.',
    },
    {
      ask: 'What is the model asked about one of its own failed programs, and what is it rewarded for?',
      answer:
        'What the program really computes, line by line. The reward is for saying what is true, not for the program being right: a failed program gives a question with a sure answer.',
    },
    {
      ask: 'Two runs with the same settings and different seeds end at different values. Why are five seeds better than one?',
      answer:
        'One run may have been lucky. With several one sees how much runs differ by chance, and how wide the interval around their mean is.',
    },
    {
      ask: 'An interval for the difference of two methods goes from −2.2 to +1.5 points. May one write that both are equally good?',
      answer:
        'No. It shows no difference, which is less: the true difference may be anywhere in the interval, up to about two points either way.',
    },
    {
      ask: 'Nine measures are compared, and one interval just leaves zero out. What has to be kept in mind?',
      answer:
        'With many measures one of twenty does so by chance. Adjusted p values (Holm) ask more of each, so that one false finding among all of them stays unlikely.',
    },
  ] as readonly SheetQuestion[],
};
