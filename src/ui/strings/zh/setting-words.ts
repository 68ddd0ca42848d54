/** The words of the settings in one piece: Play and the Lab show them. */
export { settingNames } from './setting-names.ts';
export { settings } from './settings.ts';
