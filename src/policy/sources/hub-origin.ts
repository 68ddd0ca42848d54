/**
 * Says which server the Hub's address means, who may get a token, and whose files lie under which names in
 * the cache. It asks no server.
 */
import { ModelAccessError } from './source-errors.ts';

export const HUB = 'https://huggingface.co';

export interface Server {
  /** Default: the Hub. A server that speaks its protocol, e.g. a mirror. */
  readonly hubUrl?: string;
}

/**
 * The origin of the server. @throws ModelAccessError for an address that is none, or
 * that would be asked without encryption
 */
export function originOf({ hubUrl = HUB }: Server): string {
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : null;
  const isLocal = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw new ModelAccessError(
      `"${hubUrl}" is no address of a server`,
      'Write https:// and the name of a server that speaks the Hub’s protocol, or leave it out for the Hub.',
    );
  return url.origin;
}

export const isHub = (server: Server): boolean => originOf(server) === HUB;

/**
 * The token as far as this server may see it: the Hub always, another one only where
 * its owner named that very address as `tokenOrigin`. A link or a setting that
 * somebody else wrote may name a server, and would collect tokens.
 */
export function tokenFor(
  access: Server & { readonly accessToken?: string; readonly tokenOrigin?: string },
): string | undefined {
  const { accessToken, tokenOrigin } = access;
  const origin = originOf(access);
  return origin === HUB || origin === tokenOrigin ? accessToken : undefined;
}

/**
 * Before the names of a server's files in the cache: none for the Hub, so that no
 * other server's files pass for the Hub's.
 */
export const cachePrefix = (server: Server): string => (isHub(server) ? '' : `${originOf(server)}/`);
