/** Mounts the page. Nothing is decided here but what the address says: `?device=wasm|webgpu`. */
import { mount } from 'svelte';
import App from './App.svelte';
import { parseAssignments, type ConfigOverrides } from '../learning/config.ts';
import { wordOf } from './address.ts';
import { connectWorker } from './connect.ts';
import type { DeviceWish } from './protocol.ts';
import { BrowserVault } from './vault.ts';
import './theme.css';

/** Fonts before the first paint, but not at any price: a late font would shift every line. */
const FONT_WAIT_MS = 600;

function deviceWish(): DeviceWish {
  const wish = wordOf(location.search, 'device');
  return wish === 'wasm' || wish === 'webgpu' ? wish : 'auto';
}

/** Settings as `?set=key=value`, any number of them. Nonsense is left out and said. */
function given(): ConfigOverrides {
  const texts = new URLSearchParams(location.search).getAll('set');
  try {
    return parseAssignments(texts);
  } catch (error) {
    console.warn(`The settings in the address were left out: ${(error as Error).message}`);
    return {};
  }
}

async function fonts(): Promise<void> {
  const faces = ['400 1rem "Inter"', '400 1rem "Source Serif 4"', '400 1rem "JetBrains Mono"'];
  const loaded = Promise.all(faces.map((face) => document.fonts.load(face)));
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, FONT_WAIT_MS))]).catch(
    () => undefined,
  );
}

await fonts();
mount(App, {
  target: document.getElementById('app')!,
  props: {
    connect: connectWorker,
    base: new URL(import.meta.env.BASE_URL, document.baseURI).href,
    device: deviceWish(),
    given: given(),
    vault: new BrowserVault(),
    language: wordOf(location.search, 'lang'),
  },
});
