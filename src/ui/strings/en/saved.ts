/** What is kept in this browser: saved runs, tasks, adapters. */
export const saved = {
  label: 'Saved run',
  offer: (step: number, steps: number) => `A run was saved after step ${step} of ${steps}.`,
  resume: (step: number) => `Resume run (step ${step})`,
  discard: 'Discard it',
  replaces: 'A new run takes its place at its first save.',
  reader:
    'Another tab has this run. Here it can only be looked at; when the other tab is closed, it can go on here.',
  readerError: 'Another tab of this page is training.',
  readerKept: 'The run in the other tab is untouched.',
  readerAdvice: 'Go on in the other tab, or close it and try again here.',
  free: 'The other tab was closed: the run can go on here.',
  unread: 'What this browser has saved cannot be read at present.',
  unreadAdvice:
    'Nothing of it was changed. A run that is there is offered once the model is loaded, or after a reload. A new run would take its place.',
  notSaved: (step: number | null) =>
    step === null ? 'This run is not saved.' : `Not saved since step ${step}.`,
  download: 'Download the run',
  load: 'Load a run file',
  nothingYet: 'There is nothing to download before the first save.',
  memory: (predicted: string, heap: string | null, page: string | null) =>
    `Memory: ${predicted} predicted${heap === null ? '' : `, ${heap} in the training engine`}${page === null ? '' : `, ${page} for the page`}.`,
  noModel: 'There is no model loaded to go on with.',
  resumed: (step: number) => `Resumed at step ${step}. Press start to go on.`,
  recovering: (time: number, step: number) =>
    `The session is built anew and the run goes on by itself from step ${step} (failure ${time} of at most 3 in a row).`,
  gaveUp: 'That was three times in a row, so the run stops. It can be resumed from its last save.',
  keptUntil: (step: number) => `The run as of step ${step}, with its log.`,
  keptNothing: 'The model’s files are in the browser’s cache; the run had not been saved yet.',
};
