/**
 * What each setting means. In English the table of settings says it itself, for the page as for the command
 * line.
 */
import { SCHEMA, type ConfigKey } from '../../../learning/config-schema.ts';

export const settings = Object.fromEntries(
  Object.entries(SCHEMA).map(([key, { help }]) => [key, help]),
) as Readonly<Record<ConfigKey, string>>;
