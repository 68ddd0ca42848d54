/**
 * `npm start`: builds the site where needed, serves it and prints its address. PORT
 * chooses the port, HOST the interface, FRAME_ANCESTORS (origins with spaces between)
 * who may show the page in a frame beside the site itself.
 */
import { join } from 'node:path';
import { whenNpmEnds } from '../src/cli/npm-parent.ts';
import { buildSite, SITE } from './site-build.ts';
import { CompressedFiles } from './compressed.ts';
import { serve, tagOf } from './serve.ts';
import { builtSiteHeaders } from './site-assets.ts';

const text = process.env['PORT'] ?? '4180';
const port = Number(text);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`PORT=${text} is not a port number (0 to 65535).`);
  process.exit(2);
}

const ancestors = (process.env['FRAME_ANCESTORS'] ?? '').split(/\s+/).filter((source) => source !== '');
let headers;
try {
  headers = builtSiteHeaders(ancestors);
} catch (error) {
  console.error(`FRAME_ANCESTORS: ${(error as Error).message}`);
  process.exit(2);
}

console.error('Building the site (skipped when nothing changed)...');
if (!(await buildSite())) console.error('Nothing changed since the last build.');
const compressed = new CompressedFiles(join(import.meta.dirname, '../.cache/compressed'));
// Beforehand, so that no visitor waits for it.
await compressed.warm(SITE, tagOf);
const served = await serve(SITE, port, process.env['HOST'] ?? '127.0.0.1', headers, compressed);
if (port !== 0 && served.port !== port) console.error(`Port ${port} is taken.`);
console.log(`Tracewise is at ${served.url}  (Ctrl-C ends it)`);

const stop = (): void => void served.close().then(() => process.exit(0));
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
whenNpmEnds(stop);
