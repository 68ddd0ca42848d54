/** What the page's address says of device and precision. Setups are in test/experiment/sharing.test.ts. */
import { expect, test } from 'vitest';
import { readAddress } from '../../src/ui/address.ts';

test.each([
  ['', 'auto', 'auto'],
  ['?device=webgpu&precision=fp32', 'webgpu', 'fp32'],
  ['?device=wasm&precision=fp16', 'wasm', 'fp16'],
  ['?device=tpu&precision=fp8', 'auto', 'auto'],
])('%j asks for %s in %s', (search, device, precision) => {
  expect(readAddress(search)).toMatchObject({ device, precision, error: null });
});
