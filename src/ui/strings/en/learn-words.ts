/** The words of the chapters in one piece, chapter 6's evidence with them. */
export { learn } from './learn.ts';
export { transfer } from './transfer.ts';
