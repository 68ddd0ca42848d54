/**
 * Imports a file's text as a module, in Node: `import text from '#raw/sandbox/python/runner.py'` gives the
 * text of src/sandbox/python/runner.py, read when it is imported. Vite does the same with `?raw` and does not
 * use this file (`imports` in package.json). It is plain JavaScript, because Node loads it once per file,
 * each time under another address, in which the file's name stands after the question mark.
 */
import { readFileSync } from 'node:fs';

const own = new URL(import.meta.url);
export default readFileSync(new URL(own.search.slice(1), new URL('../', own)), 'utf8');
