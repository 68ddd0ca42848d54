/**
 * Takes the probe's reading for the page: the base writes programs, and the policy as it is and the base both
 * read them. Without the control of an untrained network, which would be a second model in the tab. The run
 * stays as it is, and waits for its turn.
 */
import { readProbe, type ProbeReading } from '../instruments/probe/probe.ts';
import { probedLayers, statesOf } from '../instruments/probe/states.ts';
import { probeTexts } from '../instruments/probe/texts.ts';
import { sampleCodeAt } from '../learning/code-rollouts.ts';
import { programLimits } from '../learning/settings.ts';
import { LONGEST_ROW } from '../policy/lora/packing.ts';
import { createRandom } from '../base/random.ts';
import { withLimits } from '../sandbox/limits.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import type { AnswerContext } from './answer-context.ts';
import { drawn, PAGE_SAMPLES } from './look.ts';
import type { Question } from './questions.ts';

/** A probe of each layer, of a deep model of some. */
const MOST_LAYERS = 5;

/** The worker answers other messages between two cells. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export function lookAtStates(
  { tasks: count, seed, target }: Extract<Question, { readonly ask: 'probe' }>,
  { policy, sandbox: all, trusted, tasks, config, turns }: AnswerContext,
): Promise<ProbeReading> {
  const random = createRandom(seed).fork('probe');
  const sandbox = withLimits(all, programLimits(config));
  const chosen = drawn(tasks, 'heldout', count, seed);
  return turns.take(async () => {
    const groups = await sampleCodeAt(
      chosen,
      { policy, sandbox, trusted, config, adapter: 'base', random },
      { groupSize: PAGE_SAMPLES, temperature: 1 },
    );
    const texts = await probeTexts(groups, {
      sandbox,
      format: alignmentFormats[config['alignment.format']],
      tokenizer: policy.tokenizer,
      style: config['prompt.style'],
      longest: Math.min(policy.info.contextLength, LONGEST_ROW),
    });
    const layers = probedLayers(policy.layers ?? 1, MOST_LAYERS);
    const read = async (adapter: 'current' | 'base') => {
      const of = (context: 'writing' | 'reading') =>
        statesOf(
          texts.map(({ sequences }) => sequences[context]),
          { policy, layers, adapter },
        );
      return { writing: await of('writing'), reading: await of('reading') };
    };
    const trained = await read('current');
    const arms = new Map([['base', [await read('base')]]]);
    return readProbe(texts, layers, { trained, arms }, random, { targets: [target], pause });
  });
}
