/**
 * Every screen that needs no model, on two projectors and at a zoom of 200 %: nothing is cut off,
 * untranslated or out of reach. The phone is in screens.e2e.test.ts.
 */
import { afterAll, beforeAll } from 'vitest';
import { testScreens } from './screens.ts';
import { openSite, type OpenSite } from './site.ts';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

testScreens(['a small projector', 'a large projector', 'a zoom of 200 %'], () => site);
