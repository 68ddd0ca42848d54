/** Types of words.js, which ESLint reads as it is. */
import type { ESLint } from 'eslint';

export declare const words: ESLint.Plugin;
