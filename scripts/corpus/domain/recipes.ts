/**
 * The classics that are no composition: each idea with its wordings, right bodies and
 * well-known wrong ones. K stands for a constant. They are never held out.
 */
import { drawConstant, fill, type Problem } from './problem.ts';
import type { ConstantKind, Param, ParamKind } from './parts.ts';
import { CLASSICS } from './recipes-classics.ts';
import { LIST_RECIPES } from './recipes-lists.ts';
import { repr, type Py } from './value.ts';
import type { Random } from '../../../src/base/random.ts';

export interface Recipe {
  readonly name: string;
  readonly params: Readonly<Record<string, ParamKind>>;
  readonly k?: ConstantKind;
  readonly say: readonly string[];
  readonly right: readonly string[];
  readonly wrong: Readonly<Record<string, string>>;
  reference(args: readonly Py[], k: Py): Py;
}

export const RECIPES: readonly Recipe[] = [...CLASSICS, ...LIST_RECIPES];

export function drawRecipe(random: Random): Problem {
  return recipe(random.pick(RECIPES), random);
}

/** A recipe with its constant drawn. */
export function recipe(r: Recipe, random: Random): Problem {
  const k = r.k === undefined ? null : drawConstant(r.k, random);
  const fragments: Record<string, string> = k === null ? {} : { K: repr(k) };
  const concept = `recipe ${r.name}`;
  return {
    key: `recipe|${r.name}${k === null ? '' : `:${String(k)}`}`,
    combination: `recipe|${r.name}`,
    family: 'recipe',
    params: Object.entries(r.params).map(([name, kind]): Param => ({ name, kind })),
    concepts: [{ name: concept, flaws: Object.keys(r.wrong) }],
    hints: k === null ? [] : [k],
    describe: (draw) => fill(draw.pick(r.say), fragments),
    body: (draw, faults) => {
      const fault = faults.get(concept);
      const text = fault === undefined ? draw.pick(r.right) : (r.wrong[fault] as string);
      return fill(text, fragments).split('\n');
    },
    reference: (args) => r.reference(args, k),
  };
}
