/**
 * The page with the scripted learner, to look at: `npx vite`, then
 * /test/ui/preview.html?event=200&fail=... Not part of the site.
 */
import { mount } from 'svelte';
import App from '../../src/ui/shell/App.svelte';
import '../../src/ui/kit/theme.css';
import { readAddress } from '../../src/ui/session/address.ts';
import { BrowserRunStorage } from '../../src/ui/session/run-storage.ts';
import { Layout } from '../../src/ui/session/layout.ts';
import { wantWords } from '../../src/ui/strings/index.ts';
import { Language } from '../../src/ui/strings/locale.svelte.ts';
import { FakeLearner } from './session/fake-learner.ts';

const query = new URLSearchParams(location.search);
const pace = { load: Number(query.get('load') ?? 0), event: Number(query.get('event') ?? 0) };
await Promise.all(
  ['"Inter"', '"Source Serif 4"', '"JetBrains Mono"'].map((f) => document.fonts.load(`400 1rem ${f}`)),
);
const language = new Language(query.get('lang'));
await wantWords();
mount(App, {
  target: document.getElementById('app')!,
  props: {
    connect: () => ({
      learner: new FakeLearner(pace, query.get('fail')),
      end: () => undefined,
      onFailure: () => undefined,
    }),
    base: location.origin + '/',
    asked: readAddress(location.search),
    layout: Layout.read(location.search),
    storage: new BrowserRunStorage(),
    language,
  },
});
