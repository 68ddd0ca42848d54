/** What every room needs, in Simplified Chinese. */
import { brought } from './brought.ts';
import { common } from './common.ts';
import { engine } from './engine.ts';
import { errors } from './errors.ts';
import { first } from './first.ts';
import { instruments } from './instruments.ts';
import { models } from './models.ts';
import { picture } from './picture.ts';
import { play } from './play.ts';
import { reading } from './reading.ts';
import { replay } from './replay.ts';
import { saved } from './saved.ts';
import { start } from './start.ts';
import { takeAway } from './take-away.ts';
import { termWords } from './term-words.ts';
import { workshop } from './workshop.ts';

export const base = {
  ...common,
  ...brought,
  ...start,
  ...play,
  ...replay,
  ...reading,
  ...workshop,
  ...errors,
  engine,
  first,
  instruments,
  models,
  picture,
  saved,
  takeAway,
  termWords,
};
