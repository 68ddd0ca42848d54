/**
 * Two names of one list: an arrow from the second to where the list is drawn, and
 * none once they are two lists.
 */
import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';
import { parseLiteral } from '../../../src/sandbox/literal.ts';
import type { Value } from '../../../src/sandbox/value.ts';
import type { Frame } from '../../../src/ui/play/trace/moments.ts';
import TraceFrames from '../../../src/ui/play/trace/TraceFrames.svelte';

function list(id: number): Value {
  const value = parseLiteral('[1, 2, 3]');
  if (!('type' in value) || value.type !== 'list') throw new Error('no list');
  return { ...value, id };
}
const frame = (values: Readonly<Record<string, Value>>): Frame => ({
  id: 0,
  name: 'f',
  args: '',
  line: 1,
  returns: null,
  returned: null,
  variables: Object.entries(values).map(([name, now]) => ({
    name,
    value: '[1, 2, 3]',
    before: null,
    state: 'same',
    now,
    was: null,
  })),
});

test.each([300, 900])('arrows lead to the object that several names hold, %i pixels wide', async (width) => {
  document.body.style.width = `${width}px`;
  const props = $state({ frames: [frame({ xs: list(7), ys: list(7), zs: list(7) })] });
  const shown = mount(TraceFrames, { target: document.body, props });
  const ways = () => [...document.querySelectorAll<SVGPathElement>('[data-testid=pointers] .way')];
  await expect.poll(() => ways().length).toBe(2);
  const object = document.querySelector('[data-object]')!.getBoundingClientRect();
  const svg = document.querySelector('[data-testid=pointers]')!.getBoundingClientRect();
  for (const way of ways()) {
    const tip = way.getPointAtLength(way.getTotalLength());
    expect(svg.left + tip.x).toBeGreaterThanOrEqual(object.right);
    expect(svg.left + tip.x).toBeLessThan(object.right + 6);
    expect(svg.top + tip.y).toBeGreaterThan(object.top);
    expect(svg.top + tip.y).toBeLessThan(object.bottom);
    // Inside of what it stands in.
    expect(way.getBoundingClientRect().right).toBeLessThanOrEqual(width);
  }
  props.frames = [frame({ xs: list(7), ys: list(8) })];
  flushSync();
  await expect.poll(() => ways().length).toBe(0);
  await unmount(shown);
});
