/** Start-up: what is fetched, how large, how far. */
import type { DownloadPart } from '../../../learner/protocol.ts';

export const start = {
  load: {
    title: 'Nothing leaves this tab',
    lead: 'A small code model, a Python interpreter and the training engine run here, on your machine. Watch it write functions, run them, and learn from what they really compute.',
    button: 'Load the model',
    again: 'Try again',
    onWasm: 'Try without WebGPU',
    heading: 'Getting ready',
    parts: {
      model: 'Model weights',
      runtime: 'Training engine',
      python: 'Python',
      tasks: 'Tasks',
    } satisfies Record<DownloadPart, string>,
    stages: {
      downloading: 'Downloading',
      building: 'Building the policy',
      'starting-python': 'Starting Python',
      'warming-up': 'Compiling the graphs',
    },
    ready: 'Ready. Press start, or take one step.',
    busy: 'The model is there, and is being made ready for this run.',
    seconds: (n: number | string) => `${n} s`,
    kept: (device: string) =>
      `Runs on ${device} here. The files are kept in this browser, so the next visit loads them from disk.`,
  },
};
