/**
 * 任务要求什么。nano 的任务由部件组成，它们的名字写在任务的 id 里（scripts/corpus/domain）：
 * 来源 | 条件 … | 变换 | 汇总。这里把每个部件说成中文，再拼成一句；认不出的任务保留原话。
 */
import type { tasks as english } from '../en/tasks.ts';
import { EASY_TASKS } from './easy-tasks.ts';
import { FILTERS, MAPS, RECIPES, REDUCTIONS, SOURCES } from './task-parts.ts';

/** 部件的名字和它的常数：`between:8:3`。 */
interface NamedPart {
  readonly name: string;
  readonly k: string;
  readonly j: string;
}

const partOf = (text: string): NamedPart => {
  const [name = '', k = '', j = ''] = text.split(':');
  return { name, k, j };
};

/** 表里没有的部件：整个任务用原话。 */
class Unknown extends Error {}

function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(table, name)) throw new Unknown(name);
  return table[name]!;
}

const condition = (text: string): string => {
  const { name, k, j } = partOf(text);
  return lookUp(FILTERS, name)(k, j);
};
const mapped = (text: string, of: string): string => {
  const { name, k, j } = partOf(text);
  return lookUp(MAPS, name)(of, k, j);
};
/** 单独一个值：没有变换时就是它本身。 */
const alone = (text: string, of: string): string => {
  const said = mapped(text, of);
  return said === of ? `${of}本身` : said;
};

const FAMILIES: Readonly<Record<string, (parts: readonly string[]) => string>> = {
  recipe([text = '']) {
    const { name, k } = partOf(text);
    return lookUp(RECIPES, name)(k);
  },
  branch: ([filter = '', yes = '', no = '']) =>
    `如果 n ${condition(filter)}，返回 ${alone(yes, 'n ')}，否则返回 ${alone(no, 'n ')}`,
  each: ([filter = '', yes = '', no = '', reduction = '']) =>
    `对 xs 中的每个数：如果它${condition(filter)}，取${alone(yes, '它')}，否则取${alone(no, '它')}；返回${lookUp(REDUCTIONS, reduction)('结果')}`,
  before([source = '', filter = '', reduction = '']) {
    const { of, noun } = lookUp(SOURCES, source);
    return lookUp(REDUCTIONS, reduction)(`${of}第一个${condition(filter)}的${noun}之前的${noun}`);
  },
  run([source = '', filter = '']) {
    const { of, noun } = lookUp(SOURCES, source);
    return `${of}连续${condition(filter)}的${noun}，最长的一段有几个`;
  },
};

function pipeline(source: string, parts: readonly string[]): string {
  const [map = '', reduction = ''] = parts.slice(-2);
  const filters = parts.slice(0, -2).map(condition);
  const { bare, of, noun } = lookUp(SOURCES, source);
  if (reduction === 'all') return `${bare}是否全都${filters.join('且')}`;
  if (reduction === 'any') return `${of}有没有${filters.join('且')}的${noun}`;
  const phrase = filters.length === 0 ? bare : `${of}${filters.join('且')}的${noun}`;
  // 有的汇总只看有多少个，变换对它没有意义，id 里也总是 same。
  const each = mapped(map, phrase) === phrase ? phrase : mapped(map, `${phrase}各自`);
  return lookUp(REDUCTIONS, reduction)(each);
}

export const tasks: typeof english = {
  describe(id, description) {
    const [family = '', ...parts] = String(id).split('|');
    const easy = /^easy\/(\w+)$/.exec(family)?.[1];
    if (easy !== undefined) return EASY_TASKS[easy] ?? description;
    if (parts.length === 0) return description;
    try {
      const said = FAMILIES[family]?.(parts) ?? pipeline(family, parts);
      return said
        .replace(/  +/g, ' ')
        .replace(/ (?=[，；（、])/g, '')
        .trim();
    } catch (error) {
      if (error instanceof Unknown) return description;
      throw error;
    }
  },
};
