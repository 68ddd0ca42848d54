/**
 * The English catalogue as a whole, which says what every other one has to hold. It is for the compiler and
 * for tests: the page fetches it in parts (languages.ts).
 */
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

export const en = {
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
