/** Types of floors.js, which ESLint reads as it is. */
import type { ESLint } from 'eslint';

export declare const FLOORS: Readonly<Record<string, readonly string[]>>;
export declare function floorOf(path: string): string | null;
export declare function refusal(from: string, to: string): string | null;
export declare const floors: ESLint.Plugin;
