/** Attacks and honest programs in turn, as they come in a run: what one leaves, the next one meets. */
import { abstaining } from './abstaining.ts';
import type { Attack } from './attack.ts';
import { bridge } from './bridge.ts';
import { honest } from './honest.ts';
import { lasting } from './lasting.ts';

const attacks = [...lasting, ...abstaining, ...bridge];

export const alternation: readonly Attack[] = honest.flatMap((program, index) => {
  const attack = attacks[index % attacks.length]!;
  return [
    { ...attack, name: `${index}: ${attack.name}` },
    { ...program, name: `${index}: ${program.name}` },
  ];
});
