/** The error of a tab that may not train because another one has the run. Only that other tab can mend it. */
import { s } from '../strings/index.ts';
import type { ErrorData } from '../view/error-data.ts';

const NAME = 'OtherTabError';

export const otherTab = (): ErrorData => ({
  name: NAME,
  message: s.saved.readerError,
  kept: s.saved.readerKept,
  advice: s.saved.readerAdvice,
});

export const isOtherTab = (error: ErrorData | null): boolean => error?.name === NAME;
