/**
 * The page's keys: space starts and pauses, the right arrow takes one step; never where a control wants the
 * key itself.
 */

export type Shortcut = 'toggle' | 'step';

/** A slider takes arrows, and has no use for space. */
const SLIDER = '[role=slider], input[type=range]';
// eslint-disable-next-line words/in-catalogue -- a selector
const TAKES_KEYS = 'input, select, textarea, summary, dialog, [contenteditable], [role=radio], [role=slider]';

export function shortcut(event: KeyboardEvent): Shortcut | null {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (event.key === ' ' && target?.closest(SLIDER)) return 'toggle';
  if (target?.closest(TAKES_KEYS)) return null;
  // A focused button is pressed by space.
  if (event.key === ' ') return target?.closest('button, a') ? null : 'toggle';
  // A scrolled region moves by arrows.
  return event.key === 'ArrowRight' && !target?.closest('[role=region]') ? 'step' : null;
}
