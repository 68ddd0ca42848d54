/**
 * A few seconds of a recording, small enough to be there at once: one failed program,
 * what it does, and what the policy said that it does at a few steps of training.
 * Written with the recording; drawn by the page before anything else is fetched.
 */
import { isRecord } from '../base/is-record.ts';
import type { AskedCall } from '../learning/asked.ts';

/** A change of meaning bumps it. */
export const PREVIEW_VERSION = 1;

export interface PreviewMoment {
  readonly step: number;
  /** One answer, followed through the steps. */
  readonly completion: string;
  /** Of how many answers everything was right. */
  readonly right: number;
  readonly of: number;
}

export interface Preview extends AskedCall {
  readonly version: typeof PREVIEW_VERSION;
  /** The true answer. */
  readonly answer: string;
  readonly moments: readonly PreviewMoment[];
}

/** Null for anything else. */
export function readPreview(data: unknown): Preview | null {
  if (!isRecord(data) || data['version'] !== PREVIEW_VERSION) return null;
  const { moments } = data;
  const texts = ['program', 'entryPoint', 'args', 'answer'].every((key) => typeof data[key] === 'string');
  const isMoment = (one: unknown): boolean =>
    isRecord(one) &&
    typeof one['completion'] === 'string' &&
    ['step', 'right', 'of'].every((key) => Number.isSafeInteger(one[key]));
  if (!texts || !Array.isArray(moments) || moments.length < 2 || !moments.every(isMoment)) return null;
  return data as unknown as Preview;
}
