/** The peers that npm has, in a cache of their own: they are no dependencies of this project. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join, resolve } from 'node:path';

const CACHE = resolve(import.meta.dirname, '../../.cache/peers');
export const MODULES = join(CACHE, 'node_modules');

export const VERSIONS = {
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  '@wllama/wllama': '3.13.0',
  'node-llama-cpp': '3.22.1',
} as const;

/** llama.cpp's libraries without a graphics card, by platform and processor. */
const LIBRARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** Installs what is not there yet, without install scripts; says it where that fails. */
export function installPeers(say: (line: string) => void): void {
  if (Object.keys(VERSIONS).every((name) => existsSync(join(MODULES, name)))) return;
  const library = LIBRARIES[`${platform()}-${arch()}`];
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  if (library !== undefined) packages.push(`@node-llama-cpp/${library}@${VERSIONS['node-llama-cpp']}`);
  say(`installing ${packages.join(', ')} into .cache/peers`);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{ "private": true }\n');
  // Optional are llama.cpp's libraries for all machines, hundreds of megabytes.
  const args = ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', ...packages];
  const { status } = spawnSync('npm', args, {
    cwd: CACHE,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: platform() === 'win32',
  });
  if (status !== 0) say('not there: tfjs, wllama and llama.cpp (npm failed)');
}
