/** The session, handed down the component tree instead of being a singleton. */
import { getContext, setContext } from 'svelte';
import type { Session } from './session.svelte.ts';

const CONTEXT = Symbol('session');
export const provideSession = (session: Session): Session => setContext(CONTEXT, session);
export const getSession = (): Session => getContext<Session>(CONTEXT);
