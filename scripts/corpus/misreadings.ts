/**
 * How a program is misread: the reader overlooks where a variable starts, an accumulation, an order or a
 * test. An execution document with a misreading shows the program as it is and the trajectory of the program
 * as misread. In the same way a body of the corpus shows a misconception about its description. So the model
 * is wrong about execution where people are wrong, and a reward has something to change. Each misreading
 * keeps the lines where they are. Both programs are executed to see whether it changes anything.
 */
import type { Random } from '../../src/base/random.ts';
import { invitedBy, readAs } from '../../src/instruments/census/misreadings.ts';

export { MISREADINGS, type Misreading } from '../../src/instruments/census/misreadings.ts';

/**
 * Probability that a document whose program invites a misreading shows it. Above one
 * half, so that the model's best guess is wrong where a reward can turn it round;
 * below one, so that it sometimes guesses right and there is something to reward.
 */
export const MISREADING_RATE = 0.8;

/**
 * The program as misread: each misreading that it invites by the rate. Equal to the
 * program where none is drawn.
 */
export const misread = (code: string, random: Random): string =>
  readAs(
    code,
    invitedBy(code).filter(() => random.next() < MISREADING_RATE),
  );
