/** The frame of the page: header, rooms, presets, what is said to screen readers. */
import type { PresetName } from '../../../experiment/presets.ts';
import { plural } from '../../view/plural.ts';

interface PresetText {
  readonly title: string;
  readonly about: string;
}

export const common = {
  app: {
    name: 'Tracewise',
    tagline: 'A code model learns in front of you',
    skip: 'Skip to the room',
    rooms: 'Rooms',
    opening: 'Opening the room.',
    noScript: 'Tracewise trains a model on this page and needs JavaScript.',
  },
  rooms: {
    learn: 'Learn',
    play: 'Play',
    lab: 'Lab',
    about: {
      learn: 'Six chapters on a recorded run',
      play: 'Train the model yourself',
      lab: 'Compare settings over seeds',
    },
    notYet: 'This room is being built. Play works.',
  },
  theme: { label: 'Theme', auto: 'System', light: 'Light', dark: 'Dark' },
  language: { label: 'Language' },
  share: {
    button: 'Share',
    help: 'Copies a link that restores this room and these settings.',
    copied: 'Link copied.',
    failed: 'The browser did not allow copying. The link is in the address bar.',
  },
  device: {
    none: 'No model loaded',
    /** What stands between two parts of a device's name. */
    and: ', ',
    words: {
      native: 'native CPU',
      runtime: 'native ONNX Runtime in Node',
      cores: (n: number) => `${n === 1 ? 'one core' : `${n} cores`} of a server CPU`,
      threads: (n: number) => plural(n, 'thread'),
    },
    parameters: (n: string) => `${n} parameters`,
    adapter: (n: string, rank: number) => `LoRA rank ${rank}, ${n} trainable`,
    /** How the matrices of a visitor's model are held, and why. */
    held: {
      asked: (how: string) => `Weights as asked: ${how}.`,
      only: (how: string) => `Weights: ${how}, the one way there is for this model on this device.`,
      room: (how: string) => `Weights: ${how}, which a CPU is fastest with; there is memory for one copy.`,
      short: (how: string) => `Weights: ${how}. Floats would be faster, but there is not the memory.`,
    },
    formats: {
      stored: 'as the file has them',
      fp32: 'floats of 32 bits',
      int4: 'blocks of 4 bits',
      int8: 'blocks of 8 bits',
    },
    /** What it computes in, and why. */
    precision: {
      asked: (name: string) => `${name}, as the address asks.`,
      cpu: (name: string) => `${name}: a CPU computes in 32 bits.`,
      'no-halves': (name: string) => `${name}: the graphics adapter has no 16-bit arithmetic.`,
      faster: (name: string) =>
        `${name}: measured to be faster here, and what samples stays close to what learns.`,
      slower: (name: string) => `${name}: 16 bits were measured not to be clearly faster here.`,
      gap: (name: string) => `${name}: in 16 bits what samples and what learns were measured too far apart.`,
      failed: (name: string) => `${name}: 16 bits do not run here.`,
    },
    trial: (single: string, half: string, gap: string) =>
      `A batch took ${single} s in fp32 and ${half} s in fp16; the gap in fp16 is ${gap} nats at most.`,
    notIsolated: 'One thread: this page is not cross-origin isolated, so WASM threads are off.',
    boundary: 'What fences the Python in',
    boundaries: {
      headers: {
        short: 'policy by header',
        about:
          'Python runs in workers whose own response forbids evaluating JavaScript and reaching any address.',
      },
      frame: {
        short: 'policy by frame',
        about:
          'This site sends no policy, so Python runs in a hidden frame without an origin whose document forbids evaluating JavaScript and reaching any address.',
      },
      process: {
        short: 'own process',
        about:
          'Each Python interpreter has a process of its own, which Node bars from files and from starting programs.',
      },
    },
  },
  presets: {
    rlvr: { title: 'RLVR', about: 'Rewards from tests alone.' },
    'coderl-plus': {
      title: 'CodeRL+',
      about: 'The same code rollouts, and on top of them as many answers about own failed programs.',
    },
    'rlvr-equal-total': {
      title: 'RLVR, equal total',
      about: 'Rewards from tests alone with as many rollouts as CodeRL+ has in all.',
    },
    'coderl-plus-equal-total': {
      title: 'CodeRL+, equal total',
      about: 'CodeRL+ whose empty alignment slots are filled with code prompts: as many in every step.',
    },
    grpo: {
      title: 'GRPO',
      about: 'Rewards from tests alone, normalised in the group; a mean over sequences and a KL term.',
    },
    'grpo-coderl-plus': {
      title: 'GRPO with CodeRL+',
      about: 'GRPO, and on top of its code rollouts answers about own failed programs.',
    },
    ppo: {
      title: 'PPO',
      about:
        'Rewards from tests alone; a value head says what each token was worth, and KL is in the reward.',
    },
    'ppo-coderl-plus': {
      title: 'PPO with CodeRL+',
      about: 'PPO, and on top of its code rollouts answers about own failed programs.',
    },
    'reinforce++': {
      title: 'REINFORCE++',
      about: 'Rewards from tests alone, whitened over the batch; a mean over tokens.',
    },
    'reinforce++-coderl-plus': {
      title: 'REINFORCE++ with CodeRL+',
      about: 'REINFORCE++, and on top of its code rollouts answers about own failed programs.',
    },
    dapo: {
      title: 'DAPO',
      about: 'Clip-higher, a mean over tokens, refilled groups and a soft punishment of overlong programs.',
    },
    'dapo-coderl-plus': {
      title: 'DAPO with CodeRL+',
      about: 'DAPO, and on top of its code rollouts answers about own failed programs.',
    },
  } satisfies Record<PresetName, PresetText>,
  /** The Lab uses the model. */
  leased: {
    hasModel: 'The Lab is training with the model. Play begins anew when it is done.',
    kept: 'The Lab’s run goes on, and what you brought waits here.',
    advice: 'Wait until the Lab is done, or stop its queue, and try again.',
  },
  announce: {
    ready: (name: string, device: string) => `${name} is ready on ${device}.`,
    started: 'Training started.',
    paused: (step: number) => `Paused at step ${step}.`,
    stepDone: (step: number) => `Step ${step} done.`,
    evaluated: (pass: string) => `Held-out pass at 1 is ${pass}.`,
    finished: 'All steps done.',
    reset: 'Run reset.',
    room: (room: string) => `Room: ${room}.`,
  },
};
