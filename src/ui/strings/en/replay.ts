/** Recorded runs: what they are, and the bar that moves them. */
export const replay = {
  /** Two recordings of one experiment. */
  arms: {
    label: 'Recording',
    both: 'Show both',
    loading: 'Fetching the other one',
    ghost: (name: string) => `${name} with the same seed, to its last step`,
    beside: 'The same task in the same step, pair by pair with the same random numbers.',
    neverAsked: (name: string) =>
      `${name} has no such group: it writes programs, and is never asked what they do.`,
    locked:
      'This run is over, so its settings stand. The preset shows the other recording; to turn the rest, train it here.',
    lockedAlone: 'This run is over, so its settings stand. To turn them, train it here.',
  },
  replay: {
    label: 'Replay',
    recorded: 'Recorded run',
    play: 'Play',
    pause: 'Pause',
    back: 'One step back',
    forward: 'One step on',
    first: 'To the start',
    scrub: 'Step of the recording',
    at: (step: number, steps: number) => `Step ${step} of ${steps}`,
    speed: 'Speed',
    times: (speed: number) => `${speed}×`,
    made: (title: string, device: string, date: string) =>
      `${title}. A real run, made on ${device}, ${date}.`,
    command: 'Made by',
    thinned: (steps: number) =>
      `To keep the file small, token probabilities were kept for ${steps} steps; every curve is whole.`,
    ownFile: (name: string) => `From your file ${name}.`,
    torn: 'The file ends in the middle of a line; that line was left out.',
    leave: 'Train it here',
    watch: 'Watch a recorded run',
    watchHelp: (size: string) => `Nothing to install: ${size}, plays at once.`,
    loading: 'Opening the recording.',
    before: 'Press play: the recorded rollouts appear here, a column for each prompt.',
    choose: 'Recording',
  },
};
