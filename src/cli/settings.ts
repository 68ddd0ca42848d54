/**
 * `settings`: every key of --set with its range, its default and what it means, and
 * whether the others leave it an effect. The tables are src/learning/config-schema.ts and
 * src/learning/effects.ts.
 */
import { SCHEMA } from '../learning/config-schema.ts';
import { becauseOf, withoutEffect } from '../learning/effects.ts';
import type { Setting } from '../learning/setting.ts';
import { diff, createConfig } from '../learning/config.ts';
import { presetConfig, PRESETS } from '../experiment/presets.ts';
import { parseOptions, type Command } from './command.ts';

export const settingsCommand: Command = {
  usage: `settings [--preset NAME] [--json]

  --preset NAME   the values of a preset instead of the defaults (${Object.keys(PRESETS).join(', ')})
  --json          one JSON object, key by key`,

  run(argv, { out }) {
    const options = parseOptions(argv, { preset: { type: 'string' }, json: { type: 'boolean' } });
    const { preset } = options;
    const defaults = createConfig();
    const config = preset === undefined ? defaults : presetConfig(preset);
    const rows = Object.entries(SCHEMA).map(([name, setting]) => {
      const key = name as keyof typeof SCHEMA;
      return { key, setting: setting as Setting, value: config[key], withoutEffect: becauseOf(key, config) };
    });
    if (options.json === true) {
      const told = rows.map(({ key, setting, value }) => {
        const without = withoutEffect(key, config);
        return [key, { ...setting, value, ...(without.length > 0 && { withoutEffectBy: without }) }] as const;
      });
      out(JSON.stringify(Object.fromEntries(told)));
      return Promise.resolve();
    }
    const changed = new Set<string>(diff(config, defaults).map(({ key }) => key));
    for (const { key, setting, value, withoutEffect: because } of rows) {
      const live = setting.runtime ? ', also while a run goes on' : '';
      out(`${key}=${String(value)}${changed.has(key) ? '  (preset)' : ''}`);
      out(`    ${setting.help} ${valuesOf(setting)}${live}.`);
      if (because !== '') out(`    Without effect at ${because}.`);
    }
    return Promise.resolve();
  },
};

function valuesOf(setting: Setting): string {
  if (setting.type === 'choice') return `One of ${setting.choices.join(', ')}`;
  if (setting.type === 'boolean') return 'true or false';
  if (setting.type === 'text') return `A text of at most ${setting.longest} characters`;
  if (setting.above !== undefined)
    return `${setting.min} or a number above ${setting.above} up to ${setting.max}`;
  return `${setting.type === 'integer' ? 'A whole number' : 'A number'} from ${setting.min} to ${setting.max}`;
}
