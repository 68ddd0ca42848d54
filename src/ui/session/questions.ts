/**
 * Questions that the page puts to the learner, with their errors in the page's words, and the visitor's tasks
 * that a learner has taken. What may be asked when is the table's (transitions.ts).
 */
import type { Question, Replies } from '../../learner/questions.ts';
import type { GoesOn } from '../../learner/take-away.ts';
import type { Task } from '../../tasks/types.ts';
import { inWords, toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Told } from './asking.ts';
import { LearnerLeasedError } from './leased-error.ts';
import type { LearnerLine } from './learner-line.ts';
import type { ModelState } from './model-state.svelte.ts';
import type { Decode } from './reading.svelte.ts';

/** What is known of the learner, and whether a task may join its run now. */
interface LearnerFacts {
  readonly line: LearnerLine;
  readonly model: ModelState;
  readonly isLeased: boolean;
  go(transition: 'add-task'): boolean;
}

export class LearnerQuestions {
  readonly #visit: LearnerFacts;
  #ownTasks: readonly Task[] = [];

  constructor(visit: LearnerFacts) {
    this.#visit = visit;
  }

  /** Tasks of the visitor's own that a learner has taken: the next one is to have them too. */
  get ownTasks(): readonly Task[] {
    return this.#ownTasks;
  }

  /** Puts a question to the learner; without one, or when it is gone, the answer is an error. */
  async ask<Q extends Question>(question: Q, goesOn?: GoesOn): Promise<Told<Replies[Q['ask']]>> {
    const visit = this.#visit;
    const fallback = { kept: s.ask.kept, advice: s.ask.advice };
    try {
      const { learner } = visit.line;
      const isAddition = question.ask === 'add-task';
      // It would join the other room's run.
      if (isAddition && visit.isLeased) throw new LearnerLeasedError();
      if (!learner || visit.model.model === null || (isAddition && !visit.go('add-task')))
        throw new Error(s.ask.noModel);
      const answer = await learner.ask(question, goesOn);
      if (isAddition && 'value' in answer && answer.value === true)
        this.#ownTasks = [...this.#ownTasks.filter(({ id }) => id !== question.task.id), question.task];
      return 'error' in answer ? { error: inWords(answer.error) } : answer;
    } catch (cause) {
      return { error: toErrorData(cause, fallback) };
    }
  }

  /** Texts of the tokens of a model that the site does not have; null: the learner does not say. */
  async decoder(): Promise<Decode | null> {
    const answer = await this.ask({ ask: 'vocabulary' });
    if ('error' in answer) return null;
    const texts = answer.value;
    return (ids) => ids.map((id) => texts[id] ?? '').join('');
  }
}
