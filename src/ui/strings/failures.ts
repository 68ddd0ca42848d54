/**
 * Errors in the page's language: what the learner says by a code or a problem, and the rest by what was being
 * done. The engine's own errors that people meet most have words by their names (en/engine.ts); what one says
 * of itself, with its numbers, stays as it is, in English. Nothing is thrown here.
 */
import { toFailure, type Failure, type FailureCode, type LearnerProblem } from '../../learner/errors.ts';
import type { ErrorData, Fallback } from '../view/error-data.ts';
import { localeNow, s } from './index.ts';

/** Read when needed: the page's language may change. */
const WORDS: Readonly<Record<FailureCode, () => Fallback>> = {
  load: () => ({ kept: s.error.loadKept, advice: s.error.loadAdvice }),
  run: () => ({ kept: s.error.runKept, advice: s.error.runAdvice }),
  save: () => ({ kept: s.error.runKept, advice: s.error.runAdvice }),
  change: () => ({ kept: s.error.changeKept, advice: s.error.changeAdvice }),
  question: () => ({ kept: s.ask.kept, advice: s.ask.advice }),
  adapter: () => ({ kept: s.brought.adapterKept, advice: s.brought.advice }),
  'no-model': () => ({ message: s.saved.noModel, kept: s.error.runKept, advice: s.error.runAdvice }),
  'nobody-to-ask': () => ({ message: s.ask.noModel, kept: s.ask.kept, advice: s.ask.advice }),
};

type Said = Partial<Pick<ErrorData, 'message' | 'kept' | 'advice'>>;

const ofSite = (message: string, isIncomplete: boolean): Said => ({
  message,
  kept: s.problem.siteKept,
  advice: isIncomplete ? s.problem.siteIncomplete : s.problem.siteAdvice,
});

/** A problem in words; what is absent the fallback says. */
function said(problem: LearnerProblem): Said {
  switch (problem.code) {
    case 'no-answer':
      return ofSite(s.problem.noAnswer(problem.path), false);
    case 'status':
      return ofSite(s.problem.status(problem.path, problem.status), problem.status === 404);
    case 'no-script':
      return {
        message: s.problem.noScript(problem.path, problem.status, problem.type),
        kept: s.problem.siteKept,
        advice: s.problem.noScriptAdvice,
      };
    case 'broke-off':
      return ofSite(s.problem.brokeOff(problem.path, problem.bytes), false);
    case 'no-such-file':
      return ofSite(s.problem.noSuchFile(problem.path), true);
    case 'not-asked-for':
      return ofSite(s.problem.notAskedFor(problem.path), true);
    case 'no-model-cache':
      return { message: s.problem.noModelCache(problem.reason), advice: s.problem.noModelCacheAdvice };
    case 'incomplete-folder':
      return {
        message: s.problem.incompleteFolder(problem.name, problem.file),
        advice: s.problem.incompleteFolderAdvice,
      };
  }
}

/** What an error of the engine is called in the page's language; in English it says so itself. */
function ofEngine(name: string, message: string | null): Said {
  const words: Partial<Record<string, Said>> = s.engine;
  const own = localeNow() === 'en' ? undefined : words[name];
  if (own === undefined) return {};
  // Its own sentence has the numbers and the place.
  return message === null ? own : { ...own, message: `${own.message} (${message})` };
}

function filledIn({ name, message, kept, advice, problem }: Failure, fallback: Fallback): ErrorData {
  return {
    name,
    message: message ?? fallback.message ?? s.error.noMessage,
    kept: kept ?? fallback.kept,
    advice: advice ?? fallback.advice,
    ...ofEngine(name, message),
    ...(problem !== undefined && said(problem)),
  };
}

/** The learner's failure as the page shows it. */
export const inWords = (failure: Failure): ErrorData => filledIn(failure, WORDS[failure.code]());

/** Reads what an error says of itself and fills in the rest from what was being done. */
export const toErrorData = (cause: unknown, fallback: Fallback): ErrorData =>
  filledIn(toFailure(cause, 'run'), fallback);
