/** All classes of attacks by name, the controls among them. */
import { alternation } from './alternation.ts';
import type { Attack } from './attack.ts';
import { controls } from './controls.ts';
import { equalityAndType } from './equality-and-type.ts';
import { escape } from './escape.ts';
import { memoryAndStack } from './memory-and-stack.ts';
import { output } from './output.ts';
import { rewardLogic } from './reward-logic.ts';
import { tampering } from './tampering.ts';
import { termination } from './termination.ts';
import { time } from './time.ts';

export const classes = {
  termination,
  time,
  'memory and stack': memoryAndStack,
  output,
  'equality and type': equalityAndType,
  tampering,
  escape,
  'reward logic': rewardLogic,
  alternation,
  controls,
} satisfies Readonly<Record<string, readonly Attack[]>>;

export type AttackClass = keyof typeof classes;
