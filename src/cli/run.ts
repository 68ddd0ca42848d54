/**
 * `run`: trains nano without a page and shows what it learned. The loop itself is in src/learning; this is
 * its terminal.
 */
import { parseAssignments, type Config, type ConfigOverrides } from '../learning/config.ts';
import { halfThePrompts, presetConfig, PRESETS, type PresetName } from '../experiment/presets.ts';
import { ADAPTED_LAYERS, realModelSettings, speaksNotation } from '../experiment/real-model.ts';
import { parseOptions, required, wholeNumber, type Command } from './command.ts';
import { readStart } from './run-start.ts';
import { DEVICE_OPTIONS, deviceSettings } from './device-options.ts';
import { tasksNamed } from './engine.ts';
import { openModelAt } from './models.ts';
import { CommandError, UsageError } from './errors.ts';
import { changesTo, openSaveFolder } from './save-folder.ts';
import { beforeAndAfter } from './report.ts';
import { adaptersAt, withAdapter, withLogs } from './run-outputs.ts';
import { followTraining } from './run-training.ts';

const presets = Object.entries(PRESETS)
  .map(([name, { about }]) => `    ${name.padEnd(24)}${about}`)
  .join('\n');

export const runCommand: Command = {
  usage: `run --preset NAME [--model PATH] [--tasks easy|FILE|hub:ID] [--steps N] [--seed S]
    [--from ADAPTER] [--reward FILE] [--set key=value]... [--out run.jsonl] [--save DIR [--resume]] [--save-adapter FILE [--adapters-at K,...]]
    [--adapter-layers K] [--weights FORMAT] [--precision auto|fp32|fp16] [--device wasm|native]
    [--threads N] [--json]

  --preset NAME   one of
${presets}
  --model PATH    a .gguf file, a folder with config.json, safetensors, tokenizer.json and tokenizer_config.json,
                  or an id of the Hub (default: nano); the preset may be left out then, it is rlvr
  --tasks NAME    easy: 40 easy tasks for general models; a file (own JSONL or MBPP, also in parquet); or
                  hub:ID, a dataset of the Hub (hub:google-research-datasets/mbpp/full)
  --steps N       updates to make (default: the preset's)
  --seed S        the seed of everything random (default 1)
  --set KEY=VALUE one setting, may be repeated ("settings" lists them)
  --from ADAPTER  begin with this adapter (PEFT's folder or safetensors, or GGUF), with its rank and alpha; the
                  KL term still holds to the model without one
  --reward FILE   Python with reward functions for programs, each a
                  def NAME_reward(completion, prompt, tests, trace, variables) that returns a number or None;
                  --set reward.weights="NAME=0.5 tests_reward=1" weighs them (docs/rewards.md)
  --out FILE      the run's events, one JSON object per line; seconds go to FILE's .timing.jsonl
  --save DIR      keeps the run in a folder, every save.every steps and when it ends or is stopped
  --resume        goes on with the run in that folder, or starts it when nothing is saved yet: the same
                  command may be repeated until the run is done; --preset may be left out then
  --save-adapter FILE
                  the trained adapter in PEFT's layout (safetensors)
  --adapters-at K,...
                  also as it was after these steps, as FILE.step-K.safetensors (what a recording is made from)
  --adapter-layers K
                  LoRA on the last K layers only, or all (default: all of nano, 8 of another model)
  --weights FORMAT
                  stored, fp32, int4 or int8 (default: small models fp32, blocks as stored, large floats int4)
  --precision NAME
                  what products of the forward pass are computed in: fp32, fp16, or auto (default): fp32 on a
                  CPU, on a graphics card whichever is faster there and keeps sampler and trainer together
  --device NAME   wasm (default), or native: onnxruntime-node, installed into .cache/native when first asked for
  --threads N     threads of the device (default: one per core)
  --json          last line of standard output: {"before": {...}, "after": {...}}`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      preset: { type: 'string' },
      model: { type: 'string' },
      tasks: { type: 'string' },
      'adapter-layers': { type: 'string' },
      steps: { type: 'string' },
      seed: { type: 'string' },
      set: { type: 'string', multiple: true },
      from: { type: 'string' },
      reward: { type: 'string' },
      out: { type: 'string' },
      save: { type: 'string' },
      resume: { type: 'boolean' },
      'save-adapter': { type: 'string' },
      'adapters-at': { type: 'string' },
      json: { type: 'boolean' },
      ...DEVICE_OPTIONS,
    });
    const resume = options.resume === true;
    const own = options.model !== undefined;
    const isBuiltIn = !own && options.tasks === undefined;
    const { steps, seed, set, from, reward } = options;
    const given = [options.preset, steps, seed, set, from, reward].some((one) => one !== undefined);
    const preset = options.preset ?? (own ? 'rlvr' : undefined);
    if (preset === undefined && (given || !resume)) {
      if (resume)
        throw new UsageError('--steps, --seed, --set, --from and --reward need --preset, also with --resume');
      required(preset, 'preset');
    }
    const onDevice = deviceSettings(options);
    const layers = layersOption(options['adapter-layers'], own);
    // A wrong option is found out before a folder is made, and most before a model is fetched.
    const start = await readStart(from, reward);
    const configured = (layer: ConfigOverrides) =>
      preset === undefined
        ? null
        : configuration(preset, steps, seed, set ?? [], { ...layer, ...start.layer });
    configured({});
    const moments = adaptersAt(options['adapters-at'], options['save-adapter']);
    const tasks = await tasksNamed(options.tasks, context.progress, context.signal);
    const model = await openModelAt(options.model, context.progress, context.signal);
    const asked = configured(
      own && !speaksNotation(model.tokenizer)
        ? { ...realModelSettings(model.tokenizer), ...halfThePrompts((preset ?? 'rlvr') as PresetName) }
        : {},
    );
    const machine = { ...onDevice, model, adapterLayers: layers };
    const folder = await openSaveFolder(options.save, resume);
    const config = folder.loaded?.state.config ?? asked;
    if (config === null) throw new UsageError('--preset is missing: there is no saved run to go on with');
    // A model without more said of the run is to go on as it was saved.
    const changes = folder.loaded === null || asked === null || !given ? [] : changesTo(config, asked);
    const summary = await withLogs(options.out, (log) =>
      withAdapter(options['save-adapter'], (saveAdapter) =>
        followTraining(
          { config, changes, folder, machine, own, isBuiltIn, tasks, log, saveAdapter, moments, start },
          context,
        ),
      ),
    );
    if (options.json === true) {
      context.out(
        JSON.stringify({ before: summary.before?.metrics ?? null, after: summary.after?.metrics ?? null }),
      );
    } else {
      for (const line of beforeAndAfter(summary.before, summary.after)) context.out(line);
    }
    if (summary.stopped)
      throw new CommandError(`stopped after step ${summary.step}; the log holds it so far`);
  },
};

/** @throws UsageError, ConfigError */
function configuration(
  preset: string,
  steps: string | undefined,
  seed: string | undefined,
  set: readonly string[],
  layer: ConfigOverrides,
): Config {
  const overrides = parseAssignments(set);
  const own: Record<string, number> = {};
  for (const [key, text, max] of [
    ['steps', steps, 100_000],
    ['seed', seed, 2 ** 31 - 1],
  ] as const) {
    if (text === undefined) continue;
    if (Object.hasOwn(overrides, key))
      throw new UsageError(`--${key} and --set ${key}=... say the same thing: use one`);
    own[key] = wholeNumber(text, key, 0, 0, max);
  }
  return presetConfig(preset, layer, own as ConfigOverrides, overrides);
}

/** 0 is all. @throws UsageError */
function layersOption(text: string | undefined, own: boolean): number {
  if (text === 'all') return 0;
  return wholeNumber(text, 'adapter-layers', own ? ADAPTED_LAYERS : 0, 1, 1024);
}
