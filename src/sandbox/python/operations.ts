/**
 * The parts of the operation tracer as one Python source. What it does is said in operations_machine.py. They share a namespace, so the
 * order matters: the machine is built from the parts before it.
 */
import calls from '#raw/sandbox/python/operations_calls.py';
import expressions from '#raw/sandbox/python/operations_expressions.py';
import machine from '#raw/sandbox/python/operations_machine.py';
import values from '#raw/sandbox/python/operations_values.py';
import walks from '#raw/sandbox/python/operations_walks.py';

export const operationsSource = [values, walks, calls, expressions, machine].join('\n');
