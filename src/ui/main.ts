/** Mounts the page with what its address says. Nothing else is decided here. */
import { mount } from 'svelte';
import pythonWorker from '../../workers/python.ts?worker&url';
import App from './shell/App.svelte';
import { readAddress, wordOf } from './session/address.ts';
import { registerServiceWorker } from './shell/service-worker.ts';
import { connectWorker } from '../learner/connect.ts';
import { loadRoom } from './shell/load-room.ts';
import { Layout } from './session/layout.ts';
import { Rooms } from './session/rooms.svelte.ts';
import { BrowserRunStorage } from './session/run-storage.ts';
import { wantWords } from './strings/index.ts';
import { Language } from './strings/locale.svelte.ts';
import './kit/theme.css';

/** The bundler reads the address where it stands. */
const startLearner = (name: string): Worker =>
  new Worker(new URL('../../workers/learner.ts', import.meta.url), { type: 'module', name });

/** Fonts before the first paint, but not at any price: a late font would shift every line. */
const FONT_WAIT_MS = 600;

async function fonts(): Promise<void> {
  const faces = ['400 1rem "Inter"', '400 1rem "Source Serif 4"', '400 1rem "JetBrains Mono"'];
  const loaded = Promise.all(faces.map((face) => document.fonts.load(face)));
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, FONT_WAIT_MS))]).catch(
    () => undefined,
  );
}

// What the address asks for is fetched while the fonts come.
const language = new Language(wordOf(location.search, 'lang'));
const words = wantWords();
const rooms = new Rooms();
void loadRoom(rooms.current).catch(() => undefined); // the frame asks again, and says what is wrong
await Promise.all([fonts(), words]);
mount(App, {
  target: document.getElementById('app')!,
  props: {
    connect: () => connectWorker(startLearner, pythonWorker),
    base: new URL(import.meta.env.BASE_URL, document.baseURI).href,
    rooms,
    asked: readAddress(location.search),
    layout: Layout.read(location.search),
    storage: new BrowserRunStorage(),
    language,
  },
});

// After the first paint: what is kept must not delay what is seen.
if (import.meta.env.PROD) void registerServiceWorker();
