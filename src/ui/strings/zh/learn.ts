/** The room Learn. */
import type { learn as en } from '../en/learn.ts';

export const learn: typeof en = {};
