/** What programs did where they part (src/learning/diverging-state.ts), as text. It draws nothing. */
import type { Divergence } from '../../learning/events.ts';

/** `t = 2, x = 1`, or the name alone of what has no value; empty: the program had ended. */
export const didText = (did: Divergence['did']): string =>
  did.map(({ name, value }) => (value === '' ? name : `${name} = ${value}`)).join(', ');
