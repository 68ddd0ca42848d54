/** Attacks and honest programs in turn, in Node. */
import { attackSuite } from './suite.ts';

attackSuite(['alternation']);
