/** What the visitor drops or pastes. */
import { plural } from '../plural.ts';

export const brought = {
  brought: {
    drop: 'Drop a run log, an adapter or a task file',
    dropHelp: 'It is read in this tab and goes nowhere else.',
    reading: (name: string) => `Reading ${name}.`,
    tasks: (n: number, name: string) => `${plural(n, 'task')} in ${name}.`,
    addTasks: 'Add to the run',
    tasksAdded: (n: number) => `${plural(n, 'task')} added. They are drawn from the next step on.`,
    tasksLater: 'Load the model first; the tasks wait here.',
    adapter: (name: string, rank: number) => `${name} is a LoRA adapter of rank ${rank}.`,
    useAdapter: 'Continue from it',
    adapterUsed: (name: string) => `The policy is now ${name}. The run is back at its start.`,
    adapterLater: 'Load the model first; the adapter waits here.',
    adapterRank: (rank: number, present: number) =>
      `The adapter has rank ${rank}, the settings ask for rank ${present}.`,
    adapterAlpha: (alpha: number, present: number) =>
      `The adapter was trained with alpha ${alpha}, the settings ask for alpha ${present}.`,
    adapterKept: 'The adapter in use stays as it is.',
    adapterAdvice: (setting: string) => `Set ${setting} under “All settings” and continue from it then.`,
    kept: 'Everything on the page is as it was.',
    advice: 'Check the file and bring it again.',
    pasted: 'pasted text',
  },
};
