/**
 * Before the end-to-end tests: the site is built once, so that files which run beside
 * each other find it there.
 */
import { buildSite } from '../../scripts/site-build.ts';

export async function setup(): Promise<void> {
  await buildSite(true);
}
