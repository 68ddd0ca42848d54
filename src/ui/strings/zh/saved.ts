/** What is kept in this browser: saved runs, tasks, adapters. */
import type { saved as en } from '../en/saved.ts';

export const saved: typeof en = {};
