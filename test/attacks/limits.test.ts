/** Attacks on time, memory, output and the process itself, in Node. */
import { attackSuite } from './suite.ts';

attackSuite(['termination', 'time', 'memory and stack', 'output']);
