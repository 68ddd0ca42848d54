/**
 * The engine's errors that people meet most, by the names of their classes. In English the engine's own
 * sentence is shown, with its numbers and places; in other languages these stand before it.
 */
export const engine = {
  StorageFullError: {
    message: 'There is no space left in this browser.',
    kept: 'The run goes on in memory; the last save that succeeded is untouched.',
    advice: 'Download the run, or make room; saving is tried again at the next save.',
  },
  StorageDeniedError: {
    message: 'This browser does not let the page store anything.',
    kept: 'The run goes on in memory; the last save that succeeded is untouched.',
    advice: 'Download the run before you leave, or allow this page to store data.',
  },
  StorageError: {
    message: 'Saving failed.',
    kept: 'The run goes on in memory; the last save that succeeded is untouched.',
    advice: 'Download the run before you leave; saving is tried again at the next save.',
  },
  TornSnapshotError: {
    message: 'What was saved is damaged.',
    kept: 'Nothing of it was loaded and nothing was overwritten.',
    advice: 'Start a new run, or load a run file that you downloaded.',
  },
  RunFileError: {
    message: 'This is not a run that can be resumed here.',
    kept: 'Nothing of it was loaded; the present run is untouched.',
    advice: 'Choose a run file that was downloaded from this program.',
  },
  RunLogError: {
    message: 'This is not a run log of this program, or it is not complete.',
    advice: 'Nothing was loaded. Check the file.',
  },
  RecordingError: {
    message: 'This is not a recorded run.',
    kept: 'Everything that was open before is still open.',
    advice: 'Use a run log or a recording made by this program.',
  },
  TransferError: {
    message: 'This file is not one that the Lab wrote, or it is damaged.',
    advice: 'Choose a run log, or a .zip that the Lab exported.',
  },
  OutOfMemoryError: {
    message: 'Memory has run out.',
    advice: 'Choose a smaller batch, a shorter context or a smaller model, or close other tabs.',
  },
  DeviceLostError: {
    message: 'The graphics card was lost.',
    advice: 'The last save is kept; the run can go on with a new device or on WASM.',
  },
  NoAdapterError: {
    message: 'WebGPU is not available.',
    advice: 'Use the WASM device, or a browser with WebGPU switched on.',
  },
  UnsupportedOperatorError: {
    message: 'This device does not support an operation that is needed.',
    advice: 'Use the WASM device, which supports all of them.',
  },
  MemoryCapError: {
    message: 'The run does not fit into memory, however small its working sizes.',
    kept: 'Nothing was loaded.',
    advice: 'Shorten the completion budgets, raise memory.capMiB if it is set, or choose a smaller model.',
  },
  TooLittleMemoryError: {
    message: 'The model does not fit into memory.',
    advice: 'Choose a smaller model, or one with fewer bits.',
  },
  GatedError: {
    message: 'The model is gated, private, or does not exist.',
    advice: 'Agree to its terms on its page and give an access token, or choose another model.',
  },
  ModelAccessError: {
    message: 'The model cannot be fetched with this access token or at all.',
    advice: 'Check its name and the token, or choose another model.',
  },
  ModelDownloadError: {
    message: 'The model did not come whole.',
    advice: 'Check the connection and try again; what came is kept.',
  },
  ModelStorageError: {
    message: 'There is no room in this browser for the model’s files.',
    advice: 'Make room, or choose a smaller model.',
  },
  CheckpointError: {
    message: 'A file of the model or adapter is damaged, incomplete or not supported.',
    advice: 'Fetch the file again, or choose another one.',
  },
  TokenizerError: {
    message: 'The tokenizer’s files cannot be used.',
    advice: 'Choose the model’s whole folder, with its tokenizer files.',
  },
  OtherModelError: {
    message: 'The saved run or adapter was made with another model than the one loaded.',
    kept: 'Nothing was changed: the run or adapter is where it was, and the model stays loaded.',
    advice: 'Load that model first, or begin anew with this one.',
  },
  NotANumberError: {
    message: 'The model computed something that is not a number.',
    advice: 'Choose fp32 (precision=fp32 in the address), or go back to an earlier adapter.',
  },
  TaskFileError: {
    message: 'This file of tasks cannot be used as it is.',
    advice: 'Correct the place that is named, or choose another file.',
  },
  ConfigError: {
    message: 'A setting is not one, or its value is out of range.',
    advice: 'Nothing was changed. Correct the setting, or leave it at its default.',
  },
  SandboxStartError: {
    message: 'Python could not be started.',
    advice: 'No program was run. Check that the browser allows workers and WebAssembly, and reload the page.',
  },
  HarnessError: {
    message: 'The sandbox failed while a program ran.',
    advice: 'The worker was replaced; this program has no verdict. Run it again.',
  },
};
