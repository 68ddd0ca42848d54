/**
 * All Python sources of the sandbox, in the order in which an interpreter executes them. Those without `exports` share the one
 * harness namespace; one with `exports` runs in a namespace of its own and hands only those names to the harness.
 */
import { baselineSource } from './baseline.py.ts';
import { budgetSource } from './budget.py.ts';
import { containedSource } from './contained.py.ts';
import { encoderSource } from './encoder.py.ts';
import { operationsSource } from './operations.ts';
import { outputSource } from './output.py.ts';
import { runnerSource } from './runner.py.ts';
import { storesSource } from './stores.py.ts';
import { tracerSource } from './tracer.py.ts';
import { watchSource } from './watch.py.ts';

export interface HarnessSource {
  readonly name: string;
  readonly text: string;
  readonly exports?: readonly string[];
}

/** The operation-level tracer: a program it does not support has no trajectory. */
const plugged: readonly HarnessSource[] = [
  { name: 'operations', text: operationsSource, exports: ['trace_operations'] },
];

export const operationsAvailable = plugged.some((source) => source.exports?.includes('trace_operations'));

export const harnessSources: readonly HarnessSource[] = [
  { name: 'encoder', text: encoderSource },
  { name: 'budget', text: budgetSource },
  { name: 'output', text: outputSource },
  { name: 'contained', text: containedSource },
  { name: 'baseline', text: baselineSource },
  { name: 'runner', text: runnerSource },
  { name: 'stores', text: storesSource },
  { name: 'watch', text: watchSource },
  { name: 'tracer', text: tracerSource },
  ...plugged,
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

/** Run once in a new interpreter: imports, then the sources above into the namespace `_harness`. */
export const installSource = String.raw`
def _install(sources, preloaded):
    import builtins, importlib, json, sys
    for name in preloaded.split(','):
        importlib.import_module(name)
    space = {'__name__': 'harness', '__builtins__': dict(vars(builtins))}
    for source in json.loads(sources):
        own = {'__name__': source['name'], '__builtins__': space['__builtins__']} if 'exports' in source else space
        # a path like the library's: its lines are not counted as the program's
        exec(compile(source['text'], '/harness/' + source['name'] + '.py', 'exec', dont_inherit=True), own)
        for name in source.get('exports', ()):
            space[name] = own[name]
    space['_start']()
    return space
_harness = _install(_sources, _preloaded)
del _install, _sources, _preloaded
`;

/** Everything that an interpreter's pristine memory depends on besides Pyodide itself: the key of a stored snapshot. */
export const snapshotContent: string = JSON.stringify([
  harnessSources,
  preloaded,
  installSource,
  'web worker',
]);
