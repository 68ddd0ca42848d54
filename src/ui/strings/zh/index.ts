/**
 * The catalogue in Simplified Chinese as a whole: the same keys as the English one.
 * The page fetches its parts.
 */
import type { en } from '../en/index.ts';
import { base } from './base.ts';
import { glossary } from './glossary.ts';
import { lab } from './lab.ts';
import { learn } from './learn.ts';
import { lecture } from './lecture.ts';
import { settingNames } from './setting-names.ts';
import { settings } from './settings.ts';
import { tasks } from './tasks.ts';
import { teach } from './teach.ts';
import { transfer } from './transfer.ts';

export const zh: typeof en = {
  ...base,
  glossary,
  lab,
  learn,
  lecture,
  settingNames,
  settings,
  tasks,
  teach,
  transfer,
};
