/** The parts of the stand-in for numpy as one Python source; standin_numpy.py says what it stands in for. */
import functions from '#raw/sandbox/python/standin_numpy.py';
import arrays from '#raw/sandbox/python/standin_numpy_array.py';

/** Each part under its file's name, in the order in which they run. */
export const standinNumpyParts = [
  { name: 'standin_numpy_array', text: arrays },
  { name: 'standin_numpy', text: functions },
] as const;

export const standinNumpySource = standinNumpyParts.map(({ text }) => text).join('\n');
