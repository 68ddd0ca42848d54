/** The way from a chapter to the room where it can be run, handed down by Learn. */
import { getContext, setContext } from 'svelte';
import type { Goal } from './chapters.ts';

const CONTEXT = Symbol('run here');
export const provideRunHere = (go: (goal: Goal) => void): void => void setContext(CONTEXT, go);
export const getRunHere = (): ((goal: Goal) => void) => getContext<(goal: Goal) => void>(CONTEXT);
