/**
 * Turns token ids into text on the page, with the tokenizer of the model that a run was made with. The file
 * is small and is fetched when it is first needed.
 */
import type { Decode } from './reading.svelte.ts';

/**
 * @param base address of the site's folder;
 * @param model name as in a run's first event. Null when the site has no such model.
 */
export async function loadDecoder(base: string, model: string): Promise<Decode | null> {
  const read = async (name: string): Promise<unknown> => {
    const response = await fetch(new URL(`models/${encodeURIComponent(model)}/${name}`, base));
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json();
  };
  try {
    const [{ loadTokenizer }, file, config] = await Promise.all([
      import('../../policy/tokenizer/tokenizer.ts'),
      read('tokenizer.json'),
      read('tokenizer_config.json'),
    ]);
    const tokenizer = loadTokenizer(file, config);
    return (ids) => tokenizer.decode(ids);
  } catch {
    return null; // an imported run of another model: its tokens have no texts here
  }
}
