/**
 * Which part of a chapter's figure is lit: by a phrase pointed at for as long as it
 * is, by a pressed one until it is pressed again. A figure may do something when a
 * phrase of it is pressed, e.g. go to the place that it speaks of.
 */
import { getContext, setContext } from 'svelte';

export class Lights {
  #pressed: string | null = $state(null);
  #pointed: string | null = $state(null);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  readonly #acts = new Map<string, { readonly work: () => void; readonly isRepeated: boolean }>();

  /** Whether parts with this key are to be lit. */
  on(key: string): boolean {
    return (this.#pointed ?? this.#pressed) === key;
  }

  isPressed(key: string): boolean {
    return this.#pressed === key;
  }

  /** True when the key is lit after it. */
  press(key: string): boolean {
    const act = this.#acts.get(key);
    const isRepeated = act?.isRepeated === true;
    this.#pressed = this.#pressed === key && !isRepeated ? null : key;
    this.#pointed = null;
    if (this.#pressed === null) return false;
    act?.work();
    return true;
  }

  point(key: string | null): void {
    this.#pointed = key;
  }

  /**
   * What a figure does when the phrase is pressed. `isRepeated`: each time anew, and it stays lit. The answer
   * ends it.
   */
  act(key: string, work: () => void, isRepeated = false): () => void {
    const act = { work, isRepeated };
    this.#acts.set(key, act);
    return () => {
      if (this.#acts.get(key) === act) this.#acts.delete(key);
    };
  }
}

const CONTEXT = Symbol('lights');
export const provideLights = (): Lights => setContext(CONTEXT, new Lights());
export const getLights = (): Lights => getContext<Lights>(CONTEXT);
