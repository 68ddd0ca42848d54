/**
 * Native onnxruntime for pretraining alone: about five times the speed of WASM. It is no dependency of the product; the first call
 * installs it into .cache/native, its install script switched off (the CPU library is inside the package).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { nativeDevice, type OrtModule } from '../../src/tensor/runtime/device.ts';
import { Runtime } from '../../src/tensor/runtime/runtime.ts';

const VERSION = '1.30.0';

export function openNativeRuntime(folder = '.cache/native'): Runtime {
  const root = resolve(folder);
  if (!existsSync(join(root, 'node_modules', 'onnxruntime-node'))) {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `onnxruntime-node@${VERSION}`];
    const { status } = spawnSync('npm', args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`installing onnxruntime-node@${VERSION} into ${root} failed`);
  }
  const ort = createRequire(join(root, 'package.json'))('onnxruntime-node') as OrtModule;
  return new Runtime(nativeDevice(ort, 'native onnxruntime, CPU'));
}
