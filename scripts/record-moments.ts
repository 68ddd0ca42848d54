/**
 * `npm run record:moments -- --name NAME --adapters STEM --stories RECORDING --into DIR`: asks a
 * run's policy, as its adapters STEM.step-K.safetensors keep it, for programs and for what failed
 * programs compute, at steps 0 (the base model) and K, and writes DIR/NAME.moments.json. What is
 * asked is chosen once, from the base model alone and from a recording's examples, and is in
 * DIR/asked.json for every run. Each step is a file of its own, so that an interrupted call goes
 * on. It trains nothing. Further: --steps 5,10,20,40,60 --device native|wasm --threads N.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adapterSnapshot, readAdapterFile } from '../src/cli/adapter-file.ts';
import { builtInTasks, openModelWithAdapter, openSandbox, openTestSandbox } from '../src/cli/engine.ts';
import { deviceOption } from '../src/cli/device-options.ts';
import { readRecording } from '../src/experiment/recorded.ts';
import { MOMENTS_VERSION, type Moments } from '../src/experiment/moments.ts';
import { presetConfig } from '../src/experiment/presets.ts';
import { adapterSettings, heapLimit, programLimits } from '../src/learning/settings.ts';
import { withLimits } from '../src/sandbox/limits.ts';
import { askAtStep, chooseAsked, type Asked, type AtStep } from './record/asking.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    adapters: { type: 'string' },
    stories: { type: 'string' },
    into: { type: 'string' },
    steps: { type: 'string', default: '5,10,20,40,60' },
    device: { type: 'string', default: 'native' },
    threads: { type: 'string', default: '1' },
  },
});
const { name, adapters, stories, into } = values;
if (name === undefined || adapters === undefined || stories === undefined || into === undefined) {
  console.error('npm run record:moments -- --name NAME --adapters STEM --stories RECORDING --into DIR');
  process.exit(2);
}
const steps = [0, ...values.steps.split(',').map(Number)];

const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const write = (file: string, data: unknown): void => writeFileSync(file, `${JSON.stringify(data)}\n`);

mkdirSync(into, { recursive: true });
const config = presetConfig('coderl-plus');
const device = deviceOption(values.device);
const policy = await openModelWithAdapter({
  ...adapterSettings(config),
  seed: config.seed,
  device,
  threads: Number(values.threads),
});
const sandbox = withLimits(await openSandbox({ heapLimit: heapLimit(config) }), programLimits(config));
const trusted = openTestSandbox();
const deps = { policy, sandbox, trusted, config };
try {
  const askedFile = join(into, 'asked.json');
  if (!existsSync(askedFile)) {
    const recording = await readRecording(readFileSync(stories), stories);
    write(askedFile, await chooseAsked(await builtInTasks(), recording.events, deps));
  }
  const asked = read<Asked>(askedFile);
  console.error(`${asked.tasks.length} tasks, ${asked.programs.length} programs`);
  // The base model says the same in every run.
  const fileOf = (step: number) => join(into, step === 0 ? 'base.json' : `${name}.step-${step}.json`);
  for (const step of steps) {
    if (existsSync(fileOf(step))) continue;
    if (step > 0) {
      const path = `${adapters}.step-${step}.safetensors`;
      if (!existsSync(path)) {
        console.error(`${path} is not there yet; call again when it is`);
        process.exitCode = 1;
        break;
      }
      await policy.restore(adapterSnapshot(await readAdapterFile(path), policy));
    }
    write(fileOf(step), await askAtStep(asked, step === 0 ? 'base' : 'current', deps));
    console.error(`step ${step} asked`);
  }
  if (process.exitCode === undefined) {
    const all = steps.map((step) => read<AtStep>(fileOf(step)));
    const moments: Moments = {
      version: MOMENTS_VERSION,
      steps,
      seed: asked.seed,
      temperature: asked.temperature,
      tasks: asked.tasks.map((task, i) => ({ task, samples: all.map((at) => at.samples[i]!) })),
      programs: asked.programs.map(({ taskId, question }, i) => ({
        taskId,
        program: question.program,
        entryPoint: question.entryPoint,
        args: question.args,
        prompt: question.prompt,
        answer: question.answer,
        answers: all.map((at) => at.answers[i]!),
      })),
    };
    write(join(into, `${name}.moments.json`), moments);
  }
} finally {
  await Promise.all([sandbox.dispose(), trusted.dispose(), policy.dispose()]);
}
