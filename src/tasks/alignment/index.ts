/**
 * The alignment question: its formats by name, and what the folder exports to read, compare and show answers.
 */
import { directJsonFormat, jsonFormat } from './json.ts';
import { traceFormat } from './trace.ts';

export { firstWrong, longestCorrectPrefix } from './compare.ts';
export { jsonFormat } from './json.ts';
export { tokensOf } from './notation.ts';
export { readProgram, type BodyLine, type ProgramText } from './program.ts';
export { renderTrajectory, type TrajectoryLine } from './render.ts';
export { traceFormat, traceLines } from './trace.ts';
export {
  returnName,
  type AlignmentFormat,
  type AlignmentQuestion,
  type AlignmentTruth,
  type ParsedAnswer,
} from './types.ts';

export const alignmentFormats = {
  trace: traceFormat,
  json: jsonFormat,
  'json-direct': directJsonFormat,
} as const;
