/** The catalogue in Simplified Chinese: the same keys as the English one. */
import type { en } from '../en/index.ts';
import { brought } from './brought.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { first } from './first.ts';
import { glossary } from './glossary.ts';
import { instruments } from './instruments.ts';
import { lab } from './lab.ts';
import { learn } from './learn.ts';
import { lecture } from './lecture.ts';
import { models } from './models.ts';
import { picture } from './picture.ts';
import { play } from './play.ts';
import { reading } from './reading.ts';
import { replay } from './replay.ts';
import { saved } from './saved.ts';
import { settingNames } from './setting-names.ts';
import { settings } from './settings.ts';
import { start } from './start.ts';
import { takeAway } from './take-away.ts';
import { teach } from './teach.ts';
import { workshop } from './workshop.ts';

export const zh: typeof en = {
  ...common,
  ...brought,
  ...start,
  ...play,
  ...replay,
  ...reading,
  ...workshop,
  ...errors,
  first,
  glossary,
  instruments,
  learn,
  lecture,
  lab,
  models,
  picture,
  saved,
  settingNames,
  settings,
  takeAway,
  teach,
};
