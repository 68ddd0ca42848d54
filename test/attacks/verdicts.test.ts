/** Attacks on grading and on the interpreter, in Node; honest programs as well. */
import { attackSuite } from './suite.ts';

attackSuite(['equality and type', 'tampering', 'controls']);
