/**
 * The parts of the operation tracer as one Python source. What it does is said in operations_machine.py.
 * They share a namespace, so the order matters: the machine is built from the parts before it.
 */
import calls from '#raw/sandbox/python/operations_calls.py';
import expressions from '#raw/sandbox/python/operations_expressions.py';
import machine from '#raw/sandbox/python/operations_machine.py';
import values from '#raw/sandbox/python/operations_values.py';
import walks from '#raw/sandbox/python/operations_walks.py';

/** Each part under its file's name, in the order in which they run. */
export const operationParts = [
  { name: 'operations_values', text: values },
  { name: 'operations_walks', text: walks },
  { name: 'operations_calls', text: calls },
  { name: 'operations_expressions', text: expressions },
  { name: 'operations_machine', text: machine },
] as const;

export const operationsSource = operationParts.map(({ text }) => text).join('\n');
