/**
 * Self-verification as a measure of an evaluation: of the samples of a held-out task the policy's own
 * predictions of the visible tests choose one, and its probability chooses one. It samples no programs.
 */
import { ofTasks, type EvaluationInstrument } from '../../learning/evaluate.ts';
import { candidatesOf, canVerify } from './candidates.ts';
import { passOf, PROBABLE } from './choices.ts';
import { predictOutputs } from './predictions.ts';
import { choiceCandidates } from './verify.ts';

const OWN = 'own';

/**
 * `eval_verified/chosen`: share of tasks that the chosen program solves, hidden tests included;
 * `eval_verified/most_probable`: the same of the most probable one. Of the first `eval.verifiedTasks` tasks
 * with visible tests and at least two judged samples; absent at 0.
 */
export const selfVerification: EvaluationInstrument = async (groups, options) => {
  const { config } = options;
  const written = groups
    .filter(({ task }) => canVerify(task))
    .slice(0, config['eval.verifiedTasks'])
    .map(candidatesOf)
    .filter(({ candidates }) => candidates.length > 1);
  if (written.length === 0) return {};
  const random = options.random.fork('self-verification');
  const predictions = await predictOutputs(written, { ...options, answers: 1, random });
  const tasks = choiceCandidates(written, new Map([[OWN, predictions]]));
  const solvedBy = (choice: string) =>
    ofTasks(
      tasks.map(({ id }) => id),
      tasks.map(({ candidates }) => passOf(choice, candidates, candidates.length)),
    );
  return { 'eval_verified/chosen': solvedBy(OWN), 'eval_verified/most_probable': solvedBy(PROBABLE) };
};
