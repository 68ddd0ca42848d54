/** Lint rules: what the compiler does not see. Formatting is prettier's. */
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { comments } from './scripts/lint/comments.js';
import { ENGINE, floors } from './scripts/lint/floors.js';
import { words } from './scripts/lint/words.js';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'public/', '.cache/', 'runs/'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off', // the compiler knows better
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      // indices already checked by a length, in numeric code
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: [...ENGINE, 'learner'].map((floor) => `src/${floor}/**`),
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness is explicit: take a seeded generator.' },
      ],
    },
  },
  {
    plugins: { comments },
    rules: { 'comments/max-length': ['error', 110] },
  },
  {
    files: ['src/**', 'workers/**'],
    plugins: { floors },
    rules: { 'floors/one-way': 'error' },
  },
  {
    files: ['src/ui/**', 'src/learner/**'],
    ignores: ['src/ui/strings/**'],
    plugins: { words },
    rules: { 'words/in-catalogue': 'error' },
  },
  {
    files: ['src/cli/**', 'scripts/**', 'bench/**', 'test/**', 'examples/**'],
    rules: { 'no-console': 'off' },
  },
);
