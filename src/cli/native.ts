/**
 * Native onnxruntime: it runs the same graphs on the CPU at several times the speed of WASM. It is no
 * dependency of the product. The first call installs it into .cache/native with its install script switched
 * off (the CPU library is inside the package).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { nativeDevice, type OrtModule } from '../tensor/runtime/device.ts';
import { Runtime } from '../tensor/runtime/runtime.ts';
import { CommandError } from './errors.ts';

const VERSION = '1.30.0';
const FOLDER = resolve(import.meta.dirname, '../../.cache/native');

/**
 * A runtime of `threads` threads (default: one per core). @throws CommandError when
 * the package cannot be installed
 */
export function openNativeRuntime(threads?: number): Runtime {
  if (!existsSync(join(FOLDER, 'node_modules', 'onnxruntime-node'))) install();
  const ort = createRequire(join(FOLDER, 'package.json'))('onnxruntime-node') as OrtModule;
  const label =
    threads === undefined ? 'native CPU' : `native CPU, ${threads} thread${threads === 1 ? '' : 's'}`;
  return new Runtime(nativeDevice(ort, label, threads));
}

function install(): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `onnxruntime-node@${VERSION}`];
  const { status } = spawnSync('npm', args, {
    cwd: FOLDER,
    // Standard output belongs to the command's results.
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new CommandError(
      `onnxruntime-node@${VERSION} could not be installed into .cache/native; without it use --device wasm`,
    );
  }
}
