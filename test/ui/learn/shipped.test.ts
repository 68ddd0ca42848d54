/**
 * Every recording that makes chapters possible holds a moment for each of them; so
 * does the one made by hand for the browser tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecording, readRecordingList } from '../../../src/experiment/recorded.ts';
import {
  advantageExample,
  judgeExample,
  policyExample,
  traceExample,
  variableToPredict,
} from '../../../src/ui/learn/examples.ts';
import { teachesByTests, teachesByTraces } from '../../../src/experiment/story.ts';
import { readMoments } from '../../../src/experiment/moments.ts';
import { askedExample } from '../../../src/ui/learn/asked-example.ts';
import { carriedExample, judgeCarried } from '../../../src/ui/learn/carried.ts';
import { lessonLines, wrongAnswer } from '../../../src/experiment/lesson.ts';
import { answersOf } from '../../../src/ui/learn/answer-rows.ts';
import { evaluationCurve, stepBatches, stepCurve, verdictCounts } from '../../../src/ui/learn/run-curves.ts';
import { tokenPieces } from '../../../src/ui/learn/token-tree.ts';
import { traceSteps } from '../../../src/ui/view/trace-steps.ts';
import { recordingFile } from './recording.ts';

const FOLDER = resolve(import.meta.dirname, '../../../public/runs');
const LIST = resolve(FOLDER, 'index.json');
const shipped = existsSync(LIST) ? readRecordingList(readFileSync(LIST, 'utf8'), 'index.json') : [];
const files = [
  { name: 'by hand', read: () => Promise.resolve<string | Uint8Array>(recordingFile()), isWhole: true },
  ...shipped.map(({ file, id, config }) => ({
    name: id,
    read: () => Promise.resolve<string | Uint8Array>(readFileSync(resolve(FOLDER, file))),
    isWhole: (config['alignment.prompts'] ?? 0) > 0,
  })),
];

describe.each(shipped)('the shipped recording $id', ({ id, file, moments: held }) => {
  test('carries one example from the first chapter to the fifth', async () => {
    const recording = await readRecording(readFileSync(resolve(FOLDER, file)), file);
    const moments = await readMoments(readFileSync(resolve(FOLDER, held!.file)), held!.file);
    const logged = carriedExample(recording);
    const carried = logged ?? askedExample(recording.events, moments);
    expect(carried, id).not.toBeNull();
    const { code, rollout, trace } = carried!;
    expect(teachesByTests(code.group)).toBe(true);
    // The program that is followed is the one that is asked about.
    const written = code.group.rollouts[rollout]!;
    expect(written.verdict).toBe('wrong');
    expect(trace.group.record.program.endsWith(written.completion)).toBe(true);
    expect(trace.group.record.taskId).toBe(code.group.taskId);
    expect(trace.origin?.rollout).toBe(written);
    expect(judgeCarried(carried!).chosen).toContain(rollout);
    // It can be walked through, guessed at and followed to its first wrong line.
    expect(traceSteps(trace.group.record).length).toBeGreaterThan(3);
    expect(variableToPredict(trace.group.record)).not.toBeNull();
    const wrong = wrongAnswer(trace.group)!;
    const started = recording.events[0]!;
    if (started.type !== 'run-started') throw new Error('no run');
    const lines = lessonLines(trace.group.record, trace.group.rollouts[wrong]!.completion, started.config);
    expect(lines.filter(({ state }) => state === 'first-wrong')).toHaveLength(1);
    // Only a run that asks nothing is questioned beside its training, and nothing is said to be earned there.
    const asks = started.config['alignment.prompts'] > 0;
    expect(carried!.isOnlyAsked).toBe(!asks);
    if (!asks) expect(trace.group.rollouts.every(({ advantage }) => advantage === 0)).toBe(true);
  });
});

describe.each(files)('the recording $name', ({ name, read, isWhole }) => {
  test('has an example for every chapter it can have one for', async () => {
    const { events, pieces } = await readRecording(await read(), name);
    const policy = policyExample(events)!;
    expect(policy).not.toBeNull();
    const written = policy.group.rollouts.map((rollout) =>
      tokenPieces(
        rollout,
        (token) => pieces[token] ?? '\0',
        (text) => [text],
      ),
    );
    // The first step keeps its tokens, or chapter 1 could only count.
    expect(written.every((rollout) => rollout.every(({ probability }) => probability !== null))).toBe(true);
    const judge = judgeExample(events, policy.group.prompt) ?? judgeExample(events);
    expect(judge?.chosen.length).toBeGreaterThanOrEqual(2);
    expect(advantageExample(events)).not.toBeNull();
    if (!isWhole) return;
    const { group } = traceExample(events)!;
    expect(traceSteps(group.record).length).toBeGreaterThan(3);
    expect(variableToPredict(group.record)).not.toBeNull();
    const started = events[0]!;
    if (started.type !== 'run-started') throw new Error('no run');
    // What is graded here is what the run itself graded.
    const reward = started.config['alignment.reward'];
    const form = reward === 'line' || reward === 'token' ? 'prefix' : reward;
    answersOf(group, started.config).forEach(({ rewards }, i) =>
      expect(rewards[form]).toBeCloseTo(group.rollouts[i]!.reward ?? 0, 6),
    );
  });

  test('shows no group that teaches nothing', async () => {
    const recording = await readRecording(await read(), name);
    // What is made by hand has no advantages.
    if (recording.manifest === null || name === 'by hand') return;
    const carried = carriedExample(recording);
    const judged = carried === null ? judgeExample(recording.events) : judgeCarried(carried);
    expect(teachesByTests(judged!.group)).toBe(true);
    expect(teachesByTests((carried?.code ?? advantageExample(recording.events))!.group)).toBe(true);
    if (!isWhole) return;
    // One example from the first chapter to the fifth.
    expect(carried).not.toBeNull();
    expect(teachesByTraces(carried!.trace.group)).toBe(true);
    expect(carried!.trace.group.record.taskId).toBe(carried!.code.group.taskId);
    const wrong = wrongAnswer(carried!.trace.group);
    expect(wrong).not.toBeNull();
    const { completion } = carried!.trace.group.rollouts[wrong!]!;
    const started = recording.events[0]!;
    if (started.type !== 'run-started') throw new Error('no run');
    const lines = lessonLines(carried!.trace.group.record, completion, started.config);
    expect(lines.filter(({ state }) => state === 'first-wrong')).toHaveLength(1);
  });

  test('has curves of its steps and evaluations', async () => {
    const { events } = await readRecording(await read(), name);
    const curve = stepCurve(events, 'rewards/tests_reward/mean');
    expect(curve.length).toBeGreaterThan(1);
    expect(stepBatches(events).map(({ step }) => step)).toEqual(curve.map(({ step }) => step));
    const measured = evaluationCurve(events, 'eval_heldout/pass@1');
    expect(measured[0]?.step).toBe(0);
    for (const { value, low, high } of measured) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    const { groups } = stepBatches(events)[0]!;
    const rollouts = groups.flatMap((group) => (group.kind === 'code' ? group.rollouts : []));
    expect(verdictCounts(groups).reduce((sum, [, count]) => sum + count, 0)).toBe(rollouts.length);
  });
});
