/**
 * The Python package `tracewise_rl` as files: the loop outside of the page, with the page's own tracer and
 * grader in it. Exports for TRL and verl hold it, and it is written on its own for a wheel. It runs nothing.
 */
import child from '#raw/experiment/export/tracewise_rl/child.py';
import funnel from '#raw/experiment/export/tracewise_rl/funnel.py';
import own from '#raw/experiment/export/tracewise_rl/own.py';
import init from '#raw/experiment/export/tracewise_rl/__init__.py';
import loop from '#raw/experiment/export/tracewise_rl/loop.py';
import questions from '#raw/experiment/export/tracewise_rl/questions.py';
import records from '#raw/experiment/export/tracewise_rl/records.py';
import streams from '#raw/experiment/export/tracewise_rl/streams.py';
import tracing from '#raw/experiment/export/tracewise_rl/tracing.py';
import trl from '#raw/experiment/export/tracewise_rl/trl.py';
import values from '#raw/experiment/export/tracewise_rl/values.py';
import verl from '#raw/experiment/export/tracewise_rl/verl.py';
import pyproject from '#raw/experiment/export/tracewise_rl/pyproject.toml';
import readme from '#raw/experiment/export/tracewise_rl/README.md';
import { harnessSources, installSource } from '../../sandbox/python/index.ts';
import { operationParts } from '../../sandbox/python/operations.ts';
import { rewardsSource } from './rewards.ts';

/** Sources of the sandbox that the tracer runs, in the order in which they run; tracing.py names the same. */
export const tracerSources = [
  'encoder',
  'budget',
  'output',
  'contained',
  'baseline',
  'runner',
  'program',
  'stores',
  'watch',
  'tracer',
] as const;

const harness: readonly (readonly [string, string])[] = [
  ...tracerSources.map(
    (name) => [name, harnessSources.find((source) => source.name === name)!.text] as const,
  ),
  ...operationParts.map(({ name, text }) => [name, text] as const),
  ['install', installSource],
  [
    '__init__',
    '"""Sources of Tracewise\'s sandbox as the page runs them. tracing.py runs them in a process of its own."""\n',
  ],
];

/** The importable folder `tracewise_rl`, by path. */
export const loopPackage: ReadonlyMap<string, string> = new Map(
  [
    ['__init__', init] as const,
    ['streams', streams] as const,
    ['values', values] as const,
    ['records', records] as const,
    ['questions', questions] as const,
    ['tracing', tracing] as const,
    ['child', child] as const,
    ['funnel', funnel] as const,
    ['own', own] as const,
    ['loop', loop] as const,
    ['trl', trl] as const,
    ['verl', verl] as const,
    ['rewards', rewardsSource] as const,
    ...harness.map(([name, text]) => [`harness/${name}`, text] as const),
  ].map(([name, text]) => [`tracewise_rl/${name}.py`, text]),
);

/** What `pip wheel` builds: the package, its metadata and what it says of itself. */
export const loopDistribution: ReadonlyMap<string, string> = new Map([
  ['pyproject.toml', pyproject],
  ['README.md', readme],
  ...loopPackage,
]);
