/**
 * Puts an adapter that was read (read-adapter.ts) on a model: as a snapshot of its policy's adapter,
 * which has one rank, one alpha and the last layers whole. A pair of smaller rank is filled up with
 * zeros, and a linear map without a pair gets zeros. Both stay zero when the adapter is trained on,
 * because each matrix's gradient has the other as a factor. B takes up what differs in scale.
 */
import { rotatedLinears } from '../families/family.ts';
import { adapterMatrices, adapterScale, type AdapterSettings } from '../model/adapter.ts';
import { allLinears, type Architecture } from '../model/architecture.ts';
import { CheckpointError } from '../errors.ts';
import { momentNames } from '../graphs/optimizer.ts';
import type { PolicySnapshot } from '../types.ts';
import { rowsFromPairs } from '../gguf/rotary-rows.ts';
import { layerOf, type LowRankPair, type OpenedAdapter } from './read-adapter.ts';
import { checkSameModel, type ModelIdentity } from './same-model.ts';

/**
 * @param loaded the base model it is to be put on
 * @throws CheckpointError; OtherModelError when the adapter says that it belongs to another model
 */
export function fitAdapter(
  adapter: OpenedAdapter,
  architecture: Architecture,
  settings: AdapterSettings,
  loaded?: ModelIdentity,
): PolicySnapshot {
  const { place, pairs } = adapter;
  if (loaded !== undefined) checkSameModel(place, adapter.base, loaded);
  if (adapter.rank > settings.rank)
    throw new CheckpointError(
      place,
      `it is of rank ${adapter.rank}, and the policy's adapter of rank ${settings.rank}`,
      `Load the model with rank ${adapter.rank} (adapter.rank).`,
    );
  checkWhole(adapter, architecture, settings);
  const tensors: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
  for (const { name, dims, side } of adapterMatrices(architecture, settings)) {
    const pair = pairs.get(name.replace(/\.lora_[AB]$/, ''));
    const data = new Float32Array(dims[0] * dims[1]);
    if (pair)
      fill(
        data,
        pair,
        side,
        settings,
        adapter.rowsInPairs === true && isRotated(name, architecture),
        architecture,
      );
    const moments = momentNames(name);
    tensors[name] = { dims, data };
    for (const moment of Object.values(moments))
      tensors[moment] = { dims, data: new Float32Array(data.length) };
  }
  return { step: 0, tensors };
}

const isRotated = (name: string, { family }: Architecture): boolean =>
  rotatedLinears(family).some((linear) => name.includes(`.${linear.name}.`));

/** Every pair has its place and its shape, and every place that the adapter is to have a pair for has one. */
function checkWhole(adapter: OpenedAdapter, architecture: Architecture, settings: AdapterSettings): void {
  const { place, pairs } = adapter;
  const first = architecture.layers - (settings.layers ?? architecture.layers);
  const { modelType } = architecture.family;
  if (adapter.modelType !== undefined && adapter.modelType !== modelType)
    throw new CheckpointError(
      place,
      `it is for ${adapter.modelType}, this model is ${modelType}`,
      'Load the model that it was trained on.',
    );
  const known = new Map(allLinears(architecture).map(({ name, shape }) => [name, shape]));
  for (const [name, pair] of pairs) {
    const shape = known.get(name);
    if (!shape)
      throw new CheckpointError(
        place,
        `${name} is no linear map of this model`,
        'Load the model that it was trained on.',
      );
    if (pair.outFeatures !== shape[0] || pair.inFeatures !== shape[1])
      throw new CheckpointError(
        place,
        `${name} is adapted from ${pair.inFeatures} to ${pair.outFeatures} features, this model has ${shape[1]} to ${shape[0]}`,
        'Load the model that it was trained on.',
      );
    if (layerOf(name) < first)
      throw new CheckpointError(
        place,
        `${name} has no place in this adapter, and the rest alone would be another`,
        'Load the model with the layers adapted that the file has matrices for.',
      );
    if (adapter.targets(name) === false)
      throw new CheckpointError(place, `${name} has matrices, and adapter_config.json does not adapt it`);
  }
  for (const name of known.keys())
    if (adapter.targets(name) === true && !pairs.has(name))
      throw new CheckpointError(place, `${name} has no matrices, and adapter_config.json adapts it`);
}

/**
 * A [rank, in] takes the pair's rows and zeros below; B [out, rank] the pair's
 * columns, scaled, and zeros beside.
 */
function fill(
  data: Float32Array,
  { a, b, rank, scale, outFeatures }: LowRankPair,
  side: 'A' | 'B',
  settings: AdapterSettings,
  inPairs: boolean,
  { headDim }: Architecture,
): void {
  if (side === 'A') return data.set(a);
  const factor = scale / adapterScale(settings);
  const rows = inPairs ? rowsFromPairs(outFeatures, headDim) : null;
  for (let row = 0; row < outFeatures; row++) {
    const from = rows ? rows[row]! : row;
    for (let column = 0; column < rank; column++)
      data[row * settings.rank + column] = b[from * rank + column]! * factor;
  }
}
