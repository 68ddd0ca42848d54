/** What the visitor drops or pastes. */
import { plural } from '../../view/plural.ts';

export const brought = {
  brought: {
    drop: 'Drop a run log, an adapter or a task file',
    dropHelp: 'It is read in this tab and goes nowhere else.',
    reading: (name: string) => `Reading ${name}.`,
    tasks: (n: number, trained: number, name: string) => {
      const found = `${plural(n, 'task')} in ${name}`;
      if (trained === n) return `${found}.`;
      return trained === 0
        ? `${found}, held out: they measure, and nothing is trained on them. The command line measures with them (eval --suite ${name}).`
        : `${found}, ${n - trained} of them held out: they measure, and the other ${trained} can join the run.`;
    },
    publicTasks: (names: string) => `${names}: public, so a model trained on the web may know the answers.`,
    addTasks: 'Add to the run',
    tasksAdded: (n: number, inStep: number, noRoom: number) =>
      [
        `${plural(n, 'task')} added.`,
        n > inStep
          ? `From the next step on ${inStep} of them are in each step, in turns.`
          : n > 0 && `From the next step on every step has ${n === 1 ? 'it' : 'them'}.`,
        noRoom > 0 && `${plural(noRoom, 'task')} left no room for an answer in the model’s context.`,
      ]
        .filter(Boolean)
        .join(' '),
    tasksLater: 'Load the model first; the tasks wait here.',
    adapter: (name: string, rank: number) => `${name} is a LoRA adapter of rank ${rank}.`,
    useAdapter: 'Continue from it',
    adapterUsed: (name: string) => `The policy is now ${name}. The run is back at its start.`,
    adapterLater: 'Load the model first; the adapter waits here.',
    adapterRank: (rank: number, present: number) =>
      `The adapter has rank ${rank}, the settings ask for rank ${present}.`,
    adapterKept: 'The adapter in use stays as it is.',
    adapterAdvice: (setting: string) => `Set ${setting} under “All settings” and continue from it then.`,
    kept: 'Everything on the page is as it was.',
    advice: 'Check the file and bring it again.',
    unknown: (file: string) => `${file} is no file that the page knows.`,
    empty: (file: string) => `${file} is empty.`,
    tooLarge: (file: string, megabytes: number) => `${file} is larger than ${megabytes} MB.`,
    damagedZip: (file: string, reason: string) =>
      `${file} is a damaged .zip: its list of files, which stands at the end, cannot be read (${reason}).`,
    runsInZip: (file: string, n: number) =>
      `${file} holds ${n} runs: import it in the Lab, which compares them.`,
    noZip: (file: string, start: string) =>
      `${file} is no .zip, or a damaged one: it begins with ${start}, not with PK.`,
    noGguf: (file: string, start: string) =>
      `${file} is no .gguf, or a damaged one: it begins with ${start}, not with GGUF.`,
    noParquet: (file: string, start: string) =>
      `${file} is no .parquet, or a damaged one: it begins with ${start}, and PAR1 has to stand at both ends.`,
    noSafetensors: (file: string, start: string) =>
      `${file} is a damaged .safetensors: it begins with ${start}, where eight bytes say how long the header is.`,
    noJson: (file: string, line: number, column: number) =>
      `${file} is damaged: line ${line} stops being JSON at character ${column}.`,
    otherLines: (file: string, line: string) =>
      `${file}: line 1 is ${line}, neither an event of a run log nor a task.`,
    damagedAdvice:
      'Fetch or export the file again, whole. The page reads run logs (.jsonl, .jsonl.gz, or the .zip that the Lab exports), adapters (the folder as PEFT saves it, its files together or a .zip of it; .safetensors, .gguf), models (a folder of safetensors, or .gguf) and task files (.json, .jsonl, .jsonl.gz, .parquet).',
    adaptersInZip: (file: string, n: number) =>
      n === 0
        ? `${file} is a .zip without an adapter_model.safetensors in it.`
        : `${file} is a .zip with ${n} files adapter_model.safetensors in it.`,
    known:
      'The page reads run logs (.jsonl, .jsonl.gz, or the .zip that the Lab exports), adapters (the folder as PEFT saves it, its files together or a .zip of it; .safetensors, .gguf), models (a folder of safetensors, or .gguf) and task files (.json, .jsonl, .jsonl.gz, .parquet).',
    pasted: 'pasted text',
  },
};
