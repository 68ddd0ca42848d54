/**
 * Compares a predicted answer with a record's truth: variable by variable, and line
 * by line where the answer is a trajectory. Model text is parsed, never evaluated.
 */
import { equalValues, type GradingMode } from '../sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../sandbox/literal.ts';
import type { Value } from '../sandbox/value.ts';
import { longestCorrectPrefix } from '../tasks/alignment/compare.ts';
import { returnName, type AlignmentFormat } from '../tasks/alignment/types.ts';
import type { LinePrediction } from './credit.ts';
import { linesOfTokens } from './credit.ts';
import type { AlignmentRecord, PredictedVariable } from './events.ts';
import type { GradedAnswer } from './rewards.ts';
import type { Rollout } from './sample.ts';

/** A predicted value against the true literal. */
export function isRight(predicted: Value | undefined, truth: string, mode: GradingMode): boolean {
  const expected = parseLiteral(truth);
  return predicted !== undefined && !('malformed' in expected) && equalValues(predicted, expected, mode);
}

/** Grades the text of one alignment rollout. */
export function gradeAnswer(
  record: Pick<AlignmentRecord, 'variables' | 'answer'>,
  rollout: Pick<Rollout, 'text' | 'finish'>,
  format: AlignmentFormat,
  mode: GradingMode,
): GradedAnswer {
  const parsed = format.parse(rollout.text);
  const isMalformed = 'malformed' in parsed;
  const compare = ({ name, value }: AlignmentRecord['variables'][number]): PredictedVariable => {
    const predicted = isMalformed ? undefined : parsed.values.get(name);
    const shown = predicted === undefined ? null : toLiteral(predicted);
    return { name, truth: value, predicted: shown, right: isRight(predicted, value, mode) };
  };
  const compared = record.variables.map(compare);
  return {
    malformed: isMalformed ? parsed.malformed : null,
    variables: compared.filter(({ name }) => name !== returnName),
    returned: compared.find(({ name }) => name === returnName) ?? null,
    lines: format.needsTrajectory ? compareLines(record.answer, rollout, format) : null,
  };
}

/**
 * Lines of the answer that are right before the first wrong one. Ending where the truth
 * ends counts as one line more, since an answer that goes on or is cut off is not whole.
 */
function compareLines(
  answer: string,
  { text, finish }: Pick<Rollout, 'text' | 'finish'>,
  format: AlignmentFormat,
): { readonly right: number; readonly total: number } {
  const truth = format.lines(answer);
  const predicted = format.lines(text);
  const right = longestCorrectPrefix(predicted, truth);
  const isWhole = right === truth.length && predicted.length === truth.length && finish === 'eos';
  return { right: isWhole ? right + 1 : right, total: truth.length + 1 };
}

/** Right lines of a graded answer and the line of each of its tokens, for credit by line. */
export function predictLines(
  graded: GradedAnswer,
  rollout: Rollout,
  format: AlignmentFormat,
  decode: (ids: readonly number[]) => string,
): LinePrediction {
  let end = 0;
  const lineEnds = format.lines(rollout.text).map((line) => (end += line.length));
  const textEnds = tokenEnds(rollout.tokens, rollout.text, decode);
  const lineOfToken = linesOfTokens(textEnds, lineEnds);
  // The end of sequence has no text; it says "nothing more comes", which is a line of its own.
  if (rollout.finish === 'eos' && lineOfToken.length > 0)
    lineOfToken[lineOfToken.length - 1] = lineEnds.length;
  return { right: graded.lines?.right ?? 0, lineOfToken };
}

/**
 * Right tokens of an answer, for credit by token: every token is a line of its own,
 * right as long as the answer equals the true one.
 */
export function predictTokens({ tokens }: Pick<Rollout, 'tokens'>, truth: readonly number[]): LinePrediction {
  const wrong = tokens.findIndex((token, i) => token !== truth[i]);
  return { right: wrong < 0 ? tokens.length : wrong, lineOfToken: tokens.map((_, i) => i) };
}

/** Characters of text up to and including each token. */
export function tokenEnds(
  tokens: readonly number[],
  text: string,
  decode: (ids: readonly number[]) => string,
): readonly number[] {
  const parts = tokens.map((token) => decode([token]));
  // Tokenizers that join pieces (half characters, spaces) decode differently
  // together; then every beginning is decoded, which is slow.
  if (parts.join('') !== text) return tokens.map((_, i) => decode(tokens.slice(0, i + 1)).length);
  let end = 0;
  return parts.map((part) => (end += part.length));
}

/** Whether everything asked for is right: the trajectory to its end, or, without one, every variable. */
export function isExact(graded: GradedAnswer): boolean {
  if (graded.lines !== null) return graded.lines.right === graded.lines.total;
  return (
    graded.malformed === null &&
    [...graded.variables, ...(graded.returned ? [graded.returned] : [])].every(({ right }) => right)
  );
}
