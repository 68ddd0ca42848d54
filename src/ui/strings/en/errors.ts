/** Errors: what happened, what was kept, what to do. */
export const errors = {
  error: {
    heading: 'What happened',
    kept: 'What was kept',
    advice: 'What to do',
    dismiss: 'Dismiss',
    warning: 'Note',
    loadKept: 'Nothing was trained yet, so nothing is lost.',
    loadAdvice: 'Check the connection and try again. If it fails again, try without WebGPU.',
    runKept: 'The model stays loaded; the curves up to the last finished step stay on the page.',
    runAdvice: 'Press reset to begin a new run.',
    changeKept: 'The run goes on with the settings it had.',
    changeAdvice: 'Choose a value inside the range.',
    room: 'The script of this room did not come.',
    roomKept: 'Everything: the model, the run and the other rooms.',
    roomAdvice: 'Check the connection and try again. After an update of the site, reload the page.',
    replayKept: 'Everything that was open before is still open.',
    replayAdvice: 'Choose another recording, or check that the file is complete.',
    workerName: 'LearnerWorkerError',
    worker: 'The worker that trains ended unexpectedly.',
    workerAdvice: 'Reload the page. If it happens again, close other tabs: memory may have run out.',
  },
};
