/** Reading rollouts, without a browser: past steps, overlays, token texts, filters, what leaves a chart. */
import { describe, expect, test } from 'vitest';
import { until as waitUntil } from '../../until.ts';
import { createConfig } from '../../../src/learning/config.ts';
import type { AlignmentRollout, CodeRollout, Group } from '../../../src/learning/events.ts';
import { dotRows, wholeRight } from '../../../src/ui/play/compare/answer-dots.ts';
import { askable, changesOf, distributionOf, tellingPair } from '../../../src/ui/play/compare/pairs.ts';
import { readTests, writeTests } from '../../../src/ui/session/draft-text.ts';
import { csvOf, fileName } from '../../../src/ui/kit/export.ts';
import { outcomeMark } from '../../../src/ui/view/outcome.ts';
import {
  isKnown,
  loggedCredit,
  piecesOf,
  tintOf,
  valueOf,
  type TokenValues,
} from '../../../src/ui/view/overlay.ts';
import { cutAtTokens } from '../../../src/ui/view/token-spans.ts';
import { History } from '../../../src/ui/view/history.ts';
import { RunState } from '../../../src/ui/session/run-state.svelte.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import { FakeLearner, script } from './fake-learner.ts';

const config = createConfig({ steps: 6, 'eval.every': 0, 'code.prompts': 3, 'alignment.prompts': 2 });
const batches = [...script(config)].flatMap((event) =>
  event.type === 'rollouts' ? [{ step: event.step, groups: event.groups }] : [],
);

describe('past steps', () => {
  test('come back as they were', () => {
    const history = new History();
    for (const batch of batches) history.add(batch);
    expect(history.steps).toEqual([1, 2, 3, 4, 5, 6]);
    const [first] = batches;
    const again = history.at(1)!;
    // Log-probabilities are kept as the float32 that they are in real logs.
    const rounded = (groups: readonly Group[]) =>
      JSON.parse(
        JSON.stringify(groups, (key, value) => (key === 'logProbs' ? value.map(Math.fround) : value)),
      );
    expect(rounded(again.groups)).toEqual(rounded(first!.groups));
    expect(history.at(7)).toBeNull();
  });

  test('stay within their memory: older ones become sparse, the first and the latest stay', () => {
    const one = new History();
    one.add(batches[0]!);
    const history = new History(one.bytes * 8);
    for (let step = 1; step <= 100; step++) history.add({ step, groups: batches[step % 6]!.groups });
    expect(history.bytes).toBeLessThanOrEqual(one.bytes * 8);
    expect(history.steps[0]).toBe(1);
    expect(history.steps.slice(-3)).toEqual([98, 99, 100]);
  });

  test('a step that comes again takes the place of all from it on', () => {
    const history = new History();
    for (const batch of batches) history.add(batch);
    history.add(batches[2]!);
    expect(history.steps).toEqual([1, 2, 3]);
  });
});

describe('a view of rollouts', () => {
  const open = () => {
    const session = new Session({
      connect: () => ({ learner: new FakeLearner(), end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
    });
    for (const event of script(config)) session.take({ type: 'event', event });
    return session;
  };

  test('follows the run until a past step is chosen, and again from the latest on', () => {
    const { view } = open();
    expect([view.batch?.step, view.isFollowing]).toEqual([6, true]);
    view.goTo(2);
    expect([view.batch?.step, view.isFollowing]).toEqual([2, false]);
    view.goTo(6);
    expect(view.isFollowing).toBe(true);
  });

  test('shows only the outcome asked for', () => {
    const { view } = open();
    view.filter = 'wrong';
    const outcomes = view.shown.map((i) => outcomeMark(view.group!.rollouts[i]!));
    expect(outcomes.every((outcome) => outcome === 'wrong')).toBe(true);
    view.filter = null;
    expect(view.shown).toHaveLength(view.group!.rollouts.length);
  });

  test('an opened rollout stays when the run goes on', () => {
    const session = open();
    session.view.read(1);
    const { rollouts } = session.view.open!.group;
    for (const event of script(createConfig({ ...config, seed: 9 }))) session.take({ type: 'event', event });
    expect(session.view.open?.group.rollouts).toBe(rollouts);
    session.view.turn(1);
    expect(session.view.open?.index).toBe(2);
    session.view.turn(-9);
    expect(session.view.open?.index).toBe(2);
  });

  test('asks once for a group under an overlay, and again only after an update', async () => {
    const learner = new FakeLearner();
    const session = new Session({
      connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
      given: { steps: 3 },
    });
    await session.load();
    session.oneStep();
    await waitUntil(() => expect(session.transport).toBe('paused'));
    const group = session.view.group!;
    session.reading.want(group, 1);
    await waitUntil(() => expect(session.reading.inspection(group.rollouts[0]!)).not.toBeNull());
    session.reading.want(group, 1);
    expect(learner.asked.filter(({ ask }) => ask === 'inspect')).toHaveLength(1);
    session.oneStep();
    await waitUntil(() => expect(session.run.step).toBe(2));
    session.reading.want(group, 1);
    await waitUntil(() => expect(learner.asked.filter(({ ask }) => ask === 'inspect')).toHaveLength(2));
  });

  test('without a model nobody is asked, and an answer is an error with advice', async () => {
    const session = open();
    session.reading.want(session.view.group!, 6);
    expect(session.reading.inspection(session.view.group!.rollouts[0]!)).toBeNull();
    const answer = await session.ask({ ask: 'tasks' });
    expect(answer).toMatchObject({ error: { message: /no model/ } });
  });
});

describe('changes and own tasks are part of the run', () => {
  test('in the order they came', () => {
    const run = new RunState();
    run.take({ type: 'changed', step: 3, key: 'optimizer.learningRate', from: 0.005, to: 0.001 });
    const task = {
      id: 'own|a',
      description: 'a',
      prompt: '# a\ndef f(xs):',
      entryPoint: 'f',
      visible: [],
      hidden: [],
      split: 'train' as const,
      tags: [],
    };
    run.take({ type: 'task-added', step: 3, task });
    run.take({ type: 'task-added', step: 4, task: { ...task, description: 'b' } });
    expect(run.changes).toEqual([{ step: 3, key: 'optimizer.learningRate', from: 0.005, to: 0.001 }]);
    expect(run.ownTasks.map(({ description }) => description)).toEqual(['b']);
  });
});

describe('overlays', () => {
  const values: TokenValues = {
    logProbs: [Math.log(0.9), Math.log(0.1)],
    credit: [0.5, -2],
    base: [-0.1, -3],
    now: [-0.2, -1],
    trainer: null,
  };

  test('give each token its number', () => {
    expect(valueOf('probability', values, 1)).toBeCloseTo(0.1);
    expect(valueOf('credit', values, 1)).toBe(-2);
    expect(valueOf('change', values, 1)).toBeCloseTo(2);
    expect(valueOf('gap', values, 1)).toBeNull();
    expect([isKnown('gap', values), isKnown('change', values)]).toEqual([false, true]);
  });

  test('colour by direction and size; what is nothing has no colour', () => {
    expect(tintOf('change', 2)).toEqual({ tone: 'up', strength: 1 });
    expect(tintOf('credit', -1.25)).toEqual({ tone: 'down', strength: 0.5 });
    expect(tintOf('probability', 1)).toBeNull();
    const [rounding, fault] = [tintOf('gap', 1e-6)!, tintOf('gap', -0.02)!];
    expect(rounding.strength).toBeLessThan(0.3);
    expect(fault.strength).toBe(1);
  });

  test('credit in the log: of a program even or on the lines where it diverges, of an answer unknown', () => {
    const code = { tokens: [1, 2, 3], advantage: -0.5, verdict: 'wrong' } as unknown as CodeRollout;
    expect(loggedCredit(code)).toEqual([-0.5, -0.5, -0.5]);
    const divergence = { args: '1', lines: [2], tokens: [1], shared: 0, did: [], instead: [], against: null };
    expect(loggedCredit({ ...code, divergence })).toEqual([0, -0.5, 0]);
    const answer = { tokens: [1], advantage: 0.3, variables: [] } as unknown as AlignmentRollout;
    expect(loggedCredit(answer)).toBeNull();
    expect(loggedCredit({ ...answer, advantage: 0 })).toEqual([0]);
  });

  test('texts of tokens make up the completion, whatever single tokens decode to', () => {
    const plain = (ids: readonly number[]) => ids.map((id) => ['a', ' b', ''][id]).join('');
    expect(piecesOf([0, 1, 2], 'a b', plain)).toEqual(['a', ' b', '']);
    // Two halves of one character: alone each is a replacement sign.
    const halves = (ids: readonly number[]) =>
      ids.join() === '0,1' ? 'é' : ids.length === 1 ? '\ufffd' : '';
    expect(piecesOf([0, 1], 'é', halves).join('')).toBe('é');
  });

  test('colours of Python are cut at the borders of tokens', () => {
    const parts = cutAtTokens('return "a b"', ['ret', 'urn "a', ' b"']);
    expect(parts.map((token) => token.map(({ text }) => text).join(''))).toEqual(['ret', 'urn "a', ' b"']);
    expect(parts[0]![0]!.cls).toBe('keyword');
    expect(parts[2]![0]!.cls).toBe('string');
  });
});

describe('before and after', () => {
  const sample = (verdict: 'pass' | 'wrong' | 'exception' | 'timeout', completion: string) =>
    ({ verdict, completion, tokens: [], logProbs: [], finish: 'eos' }) as const;
  const comparison = {
    at: 3,
    base: [sample('pass', 'a'), sample('wrong', 'b'), sample('pass', 'c'), sample('exception', 'd')],
    now: [sample('pass', 'a'), sample('pass', 'e'), sample('wrong', 'f'), sample('exception', 'g')],
  };

  test('pairs are mended, broken or the same', () => {
    expect(changesOf(comparison)).toEqual({ mended: 1, broken: 1, same: 1 });
    expect(tellingPair(comparison)).toBe(1);
    const { passed, of, interval } = distributionOf(comparison.now);
    expect([passed, of]).toEqual([2, 4]);
    expect(interval[0]).toBeLessThan(0.5);
    expect(interval[1]).toBeGreaterThan(0.5);
  });

  test('predictions are counted per variable, with what is said most often', () => {
    const said = (predicted: string) => ({
      completion: '',
      malformed: null,
      lines: null,
      variables: [{ name: 't', truth: '3', predicted, right: predicted === '3' }],
    });
    const columns = [
      { label: 'Base', answers: [said('3'), said('4'), said('4')] },
      { label: 'Trained', answers: [said('3'), said('3'), said('4')] },
    ];
    expect(dotRows(columns)).toEqual([
      {
        name: 't',
        truth: '3',
        cells: [
          { right: [true, false, false], said: '4', times: 2 },
          { right: [true, true, false], said: '3', times: 2 },
        ],
      },
    ]);
    expect(columns.map(({ answers }) => wholeRight(answers))).toEqual([1, 2]);
    expect(wholeRight([{ ...said('3'), malformed: 'no end' }])).toBe(0);
  });

  test('only programs that ran may be asked about, failing ones of the pair first, each once', () => {
    expect(askable(comparison, 1).map(({ sample: { completion }, side }) => [side, completion])).toEqual([
      ['base', 'b'],
      ['now', 'f'],
      ['now', 'e'],
      ['base', 'a'],
      ['base', 'c'],
    ]);
    const none = { base: [sample('exception', 'd')], now: [sample('exception', 'x')] };
    expect(askable(none, 0)).toEqual([]);
  });
});

test('tests are read as people write them', () => {
  const text = "[1, 2] -> 3\n# a note\n\nf('a->b') == 'b->a'\n{'k': 1}, 2\nassert f([]) == None";
  expect(readTests(text)).toEqual([
    { args: '[1, 2]', expected: '3' },
    { args: "'a->b'", expected: "'b->a'" },
    { args: "{'k': 1}, 2", expected: null },
    { args: '[]', expected: 'None' },
  ]);
  expect(readTests(writeTests(readTests(text)))).toEqual(readTests(text));
});

test('a chart leaves as CSV with its intervals, gaps empty, quotes doubled', () => {
  const band = { low: [0.1, null], high: [0.3, null] };
  const lines = [
    { label: 'a "b", c', colour: '--pass', values: [0.2, null], band },
    { label: 'd', colour: '--fail', values: [1, 2] },
  ];
  expect(csvOf({ steps: [0, 10], lines })).toBe(
    'step,"a ""b"", c","a ""b"", c low","a ""b"", c high",d\n0,0.2,0.1,0.3,1\n10,,,,2\n',
  );
  expect(fileName('Held-out pass@1', 'csv')).toBe('tracewise-held-out-pass-1.csv');
});
