/**
 * Remembers which base model something was trained on and refuses to put it on
 * another. Shapes alone do not tell, since two models may share them.
 */
import { PolicyError } from '../errors.ts';
import type { PolicyInfo } from '../types.ts';

export type ModelIdentity = Pick<PolicyInfo, 'name' | 'hash' | 'parameters' | 'bytes'>;

export const identityOf = ({ name, hash, parameters, bytes }: PolicyInfo): ModelIdentity => ({
  name,
  ...(hash !== undefined && { hash }),
  parameters,
  bytes,
});

/** A saved run or an adapter belongs to another base model than the one loaded. */
export class OtherModelError extends PolicyError {
  override readonly name = 'OtherModelError';
  readonly kept = 'Nothing was changed: the run or adapter is where it was, and the model stays loaded.';
  constructor(what: string, made: Partial<ModelIdentity>, loaded: ModelIdentity) {
    super(
      `${what} was made with ${worded(made)}, and the model loaded is ${worded(loaded)}`,
      `Load ${made.name ?? 'that model'} first, or begin anew with this one.`,
    );
  }
}

const worded = ({ name = 'another model', hash, parameters }: Partial<ModelIdentity>): string => {
  const known = [
    ...(parameters === undefined ? [] : [`${parameters} parameters`]),
    ...(hash === undefined ? [] : [`hash ${hash.slice(0, 12)}…`]),
  ];
  return known.length === 0 ? name : `${name} (${known.join(', ')})`;
};

/**
 * What was made before models had hashes is let through: shapes are checked later. @throws OtherModelError
 */
export function checkSameModel(
  what: string,
  made: Partial<ModelIdentity> | undefined,
  loaded: ModelIdentity,
): void {
  if (made?.hash === undefined || loaded.hash === undefined || made.hash === loaded.hash) return;
  throw new OtherModelError(what, made, loaded);
}
