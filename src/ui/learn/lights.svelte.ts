/**
 * Which part of a chapter's figure is lit: by a phrase pointed at for as long as it
 * is, by a pressed one until it is pressed again.
 */
import { getContext, setContext } from 'svelte';

export class Lights {
  #pressed: string | null = $state(null);
  #pointed: string | null = $state(null);

  /** Whether parts with this key are to be lit. */
  on(key: string): boolean {
    return (this.#pointed ?? this.#pressed) === key;
  }

  isPressed(key: string): boolean {
    return this.#pressed === key;
  }

  /** True when the key is lit after it. */
  press(key: string): boolean {
    this.#pressed = this.#pressed === key ? null : key;
    this.#pointed = null;
    return this.#pressed !== null;
  }

  point(key: string | null): void {
    this.#pointed = key;
  }
}

const CONTEXT = Symbol('lights');
export const provideLights = (): Lights => setContext(CONTEXT, new Lights());
export const getLights = (): Lights => getContext<Lights>(CONTEXT);
