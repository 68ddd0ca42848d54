/**
 * What a setting is: its type, range, default and help, and the makers with which
 * config-schema.ts lists them. It knows no setting and checks no value.
 */

interface Common {
  /** One sentence for the interface and the command `settings`. */
  readonly help: string;
  /** May change between two steps of a run. */
  readonly runtime: boolean;
}

export interface NumberSetting extends Common {
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Where `min` switches off: other values must be larger than this. */
  readonly above?: number;
}

export interface BooleanSetting extends Common {
  readonly type: 'boolean';
  readonly default: boolean;
}

export interface ChoiceSetting<T extends string = string> extends Common {
  readonly type: 'choice';
  readonly default: T;
  readonly choices: readonly T[];
}

export interface TextSetting extends Common {
  readonly type: 'text';
  readonly default: string;
  /** Characters. */
  readonly longest: number;
}

export type Setting = NumberSetting | BooleanSetting | ChoiceSetting | TextSetting;

export const integer = (fallback: number, min: number, max: number, help: string): NumberSetting => ({
  type: 'integer',
  default: fallback,
  min,
  max,
  help,
  runtime: false,
});
export const number = (fallback: number, min: number, max: number, help: string): NumberSetting => ({
  type: 'number',
  default: fallback,
  min,
  max,
  help,
  runtime: false,
});
export const flag = (fallback: boolean, help: string): BooleanSetting => ({
  type: 'boolean',
  default: fallback,
  help,
  runtime: false,
});
export const choice = <const T extends string>(
  choices: readonly T[],
  fallback: NoInfer<T>,
  help: string,
): ChoiceSetting<T> => ({ type: 'choice', default: fallback, choices, help, runtime: false });
/** A text of any lines; blanks around it do not count. */
export const longText = (longest: number, help: string): TextSetting => ({
  type: 'text',
  default: '',
  longest,
  help,
  runtime: false,
});
/** A number that 0 switches off and that is otherwise larger than `above`. */
export const offOrAbove = (above: number, fallback: number, max: number, help: string): NumberSetting => ({
  ...number(fallback, 0, max, help),
  above,
});
/** The names of a table of functions, which are the choices of its setting. */
export const names = <T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] =>
  Object.keys(table) as T[];
/** Marks a setting that a running experiment may change from the next step on. */
export const live = <S extends Setting>(setting: S): S => ({ ...setting, runtime: true });
