/**
 * Light, dark or the system's choice; kept in this browser. It sets one attribute on the document and nothing
 * else.
 */
import { getContext, setContext } from 'svelte';
import { recall, remember } from '../browser/remember.ts';

export type ThemeWish = 'auto' | 'light' | 'dark';
const KEY = 'tracewise.theme';
const ORDER: readonly ThemeWish[] = ['auto', 'light', 'dark'];

function stored(): ThemeWish {
  const value = recall(KEY);
  return value === 'light' || value === 'dark' ? value : 'auto';
}

export class Theme {
  wish: ThemeWish = $state(stored());
  #systemIsDark = $state(matchMedia('(prefers-color-scheme: dark)').matches);
  readonly resolved = $derived(this.wish === 'auto' ? (this.#systemIsDark ? 'dark' : 'light') : this.wish);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
      this.#systemIsDark = event.matches;
    });
    this.#show();
  }

  next(): void {
    this.wish = ORDER[(ORDER.indexOf(this.wish) + 1) % ORDER.length] ?? 'auto';
    this.#show();
    remember(KEY, this.wish);
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.wish;
  }
}

const CONTEXT = Symbol('theme');
export const provideTheme = (theme: Theme): Theme => setContext(CONTEXT, theme);
export const getTheme = (): Theme => getContext<Theme>(CONTEXT);
