/** Errors: what happened, what was kept, what to do. */
import { plural } from '../../view/plural.ts';

export const errors = {
  error: {
    heading: 'What happened',
    kept: 'What was kept',
    advice: 'What to do',
    dismiss: 'Dismiss',
    noMessage: 'An error without a message.',
    warning: 'Note',
    loadKept: 'Nothing was trained yet, so nothing is lost.',
    loadAdvice: 'Check the connection and try again. If it fails again, try without WebGPU.',
    runKept: 'The model stays loaded; the curves up to the last finished step stay on the page.',
    runAdvice: 'Press reset to begin a new run.',
    changeKept: 'The run goes on with the settings it had.',
    changeAdvice: 'Choose a value inside the range.',
    room: 'The script of this room did not come.',
    roomFile: (path: string, status: number, type: string) =>
      `The script of this room did not come. ${path}: the server answered ${status}, type ${type === '' ? 'none' : type}.`,
    language: (name: string) => `The words of the page in ${name} did not come.`,
    languageKept: 'Everything, in the language that it is in.',
    roomKept: 'Everything: the model, the run and the other rooms.',
    roomAdvice: 'Check the connection and try again. After an update of the site, reload the page.',
    replayKept: 'Everything that was open before is still open.',
    replayAdvice: 'Choose another recording, or check that the file is complete.',
    noRecording: 'there is no such recording.',
    recordingListed: 'Choose one that is listed.',
    recordingNoAnswer: 'it did not come.',
    recordingStatus: (status: number) => `the server answered ${status}.`,
    recordingAdvice: 'Check the connection and try again.',
    linkKept: 'The page opened with its own settings.',
    linkAdvice: 'Ask whoever sent the link for a new one, or set what you want in Play.',
    workerName: 'LearnerWorkerError',
    worker: 'The worker that trains ended unexpectedly.',
    workerAdvice: 'Reload the page. If it happens again, close other tabs: memory may have run out.',
  },
  problem: {
    noAnswer: (path: string) => `${path}: no answer`,
    status: (path: string, status: number) => `${path}: the server answered ${status}`,
    noScript: (path: string, status: number, type: string) =>
      `${path}: the server answered ${status} and sent it as ${type === '' ? 'no type' : type}, which no browser runs`,
    noScriptAdvice:
      'Whoever serves the site has to send scripts (.js) as text/javascript; docs/hosting.md has an example for each server.',
    noSuchFile: (path: string) => `${path}: there is no such file`,
    notAskedFor: (path: string) => `${path}: it was not asked for`,
    brokeOff: (path: string, bytes: number) => `${path}: the connection broke after ${plural(bytes, 'byte')}`,
    siteKept: 'Nothing was trained yet, so nothing is lost. Files that came are in the browser’s cache.',
    siteIncomplete:
      'The site is incomplete: this file is part of it. Whoever serves it has to build and upload it whole.',
    siteAdvice: 'Check the connection and try again.',
    noModelCache: (reason: string) => `The browser’s file system cannot be opened (${reason})`,
    noModelCacheAdvice:
      'Leave the private window, or allow this page to store data; a model from a file needs no storage.',
    incompleteFolder: (name: string, file: string) => `${name} has no ${file}`,
    incompleteFolderAdvice:
      'Choose the whole folder: config.json, tokenizer.json, tokenizer_config.json and the safetensors files.',
  },
};
