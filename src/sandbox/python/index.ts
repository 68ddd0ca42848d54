/**
 * All Python sources of the sandbox, in the order in which an interpreter executes
 * them. Those without `exports` share the one harness namespace; one with `exports`
 * runs in a namespace of its own and hands only those names to the harness.
 */
import baseline from '#raw/sandbox/python/baseline.py';
import budget from '#raw/sandbox/python/budget.py';
import candidate from '#raw/sandbox/python/candidate.py';
import checker from '#raw/sandbox/python/checker.py';
import checkerEnd from '#raw/sandbox/python/checker_end.py';
import checkerPrompt from '#raw/sandbox/python/checker_prompt.py';
import contained from '#raw/sandbox/python/contained.py';
import encoder from '#raw/sandbox/python/encoder.py';
import exchange from '#raw/sandbox/python/exchange.py';
import install from '#raw/sandbox/python/install.py';
import loop from '#raw/sandbox/python/loop.py';
import nesting from '#raw/sandbox/python/nesting.py';
import notices from '#raw/sandbox/python/notices.py';
import output from '#raw/sandbox/python/output.py';
import program from '#raw/sandbox/python/program.py';
import remove from '#raw/sandbox/python/remove.py';
import runner from '#raw/sandbox/python/runner.py';
import standinPytest from '#raw/sandbox/python/standin_pytest.py';
import standins from '#raw/sandbox/python/standins.py';
import stores from '#raw/sandbox/python/stores.py';
import surroundings from '#raw/sandbox/python/surroundings.py';
import tracer from '#raw/sandbox/python/tracer.py';
import watch from '#raw/sandbox/python/watch.py';
import wire from '#raw/sandbox/python/wire.py';
import wireAsync from '#raw/sandbox/python/wire_async.py';
import wireClasses from '#raw/sandbox/python/wire_classes.py';
import wireEnums from '#raw/sandbox/python/wire_enums.py';
import wireErrors from '#raw/sandbox/python/wire_errors.py';
import wireExpected from '#raw/sandbox/python/wire_expected.py';
import wireForwards from '#raw/sandbox/python/wire_forwards.py';
import wireGraph from '#raw/sandbox/python/wire_graph.py';
import wireObjects from '#raw/sandbox/python/wire_objects.py';
import wireOps from '#raw/sandbox/python/wire_ops.py';
import wireProxies from '#raw/sandbox/python/wire_proxies.py';
import wireSame from '#raw/sandbox/python/wire_same.py';
import wireTable from '#raw/sandbox/python/wire_table.py';
import wireTrust from '#raw/sandbox/python/wire_trust.py';
import wireValues from '#raw/sandbox/python/wire_values.py';
import { operationsSource } from './operations.ts';
import { standinNumpySource } from './standin-numpy.ts';

export interface HarnessSource {
  readonly name: string;
  readonly text: string;
  readonly exports?: readonly string[];
}

export const harnessSources: readonly HarnessSource[] = [
  { name: 'encoder', text: encoder },
  { name: 'budget', text: budget },
  { name: 'output', text: output },
  { name: 'contained', text: contained },
  { name: 'baseline', text: baseline },
  { name: 'nesting', text: nesting },
  { name: 'runner', text: runner },
  { name: 'program', text: program },
  { name: 'stores', text: stores },
  { name: 'watch', text: watch },
  { name: 'tracer', text: tracer },
  { name: 'loop', text: loop },
  { name: 'exchange', text: exchange },
  { name: 'wire_table', text: wireTable },
  { name: 'wire_graph', text: wireGraph },
  { name: 'wire_values', text: wireValues },
  { name: 'wire_same', text: wireSame },
  { name: 'wire_trust', text: wireTrust },
  { name: 'wire_expected', text: wireExpected },
  { name: 'wire_proxies', text: wireProxies },
  { name: 'wire_forwards', text: wireForwards },
  { name: 'wire_enums', text: wireEnums },
  { name: 'wire_classes', text: wireClasses },
  { name: 'wire_errors', text: wireErrors },
  { name: 'wire_objects', text: wireObjects },
  { name: 'wire_ops', text: wireOps },
  { name: 'wire', text: wire },
  { name: 'notices', text: notices },
  { name: 'surroundings', text: surroundings },
  { name: 'wire_async', text: wireAsync },
  { name: 'candidate', text: candidate },
  { name: 'checker_prompt', text: checkerPrompt },
  { name: 'checker_end', text: checkerEnd },
  { name: 'checker', text: checker },
  { name: 'standin_numpy', text: standinNumpySource, exports: ['numpy'] },
  { name: 'standin_pytest', text: standinPytest, exports: ['pytest'] },
  { name: 'standins', text: standins },
  // The operation-level tracer: a program it does not support has no trajectory.
  { name: 'operations', text: operationsSource, exports: ['trace_operations'] },
];

/** Imported before the snapshot, so that programs find them loaded and none of it is read again per job. */
export const preloaded: readonly string[] = [
  'abc',
  'array',
  'bisect',
  'calendar',
  'cmath',
  'collections.abc',
  'copy',
  'dataclasses',
  'datetime',
  'decimal',
  'enum',
  'fractions',
  'functools',
  'heapq',
  'itertools',
  'json',
  'math',
  'numbers',
  'operator',
  'queue',
  're',
  'statistics',
  'string',
  'struct',
  'textwrap',
  'typing',
  'hashlib',
  'ast',
  'marshal',
  'random',
  'time',
  'traceback',
  'unicodedata',
  'io',
  'opcode',
  '_json',
  'atexit',
];

/**
 * Run once in a new interpreter, with `_sources` (JSON of the sources above) and
 * `_preloaded` (the names, commas between) set.
 */
export const installSource = install;

/**
 * Run once after it, with `_removed` (names, spaces between) set: those modules are
 * gone and cannot be imported again.
 */
export const removeSource = remove;

/**
 * Everything that an interpreter's pristine memory depends on besides Pyodide itself:
 * the key of a stored snapshot.
 */
export const snapshotContent: string = JSON.stringify([
  harnessSources,
  preloaded,
  installSource,
  'web worker',
]);
