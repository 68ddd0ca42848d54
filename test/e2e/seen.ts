/**
 * What is wrong with how a page looks, by what can be measured: it is cut off, it stands outside, it was left in
 * another language, a link has the browser's own blue, a finger cannot hit it. Whether it is good to look at is for
 * people.
 */
import type { Page } from 'playwright-core';

/** One line for each fault, with the text and the place. Empty: none. */
export function faultsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults = new Set<string>();
    const { documentElement: root } = document;
    if (root.scrollWidth > innerWidth)
      faults.add(`wider than the window: ${root.scrollWidth} > ${innerWidth}`);
    if (root.scrollHeight > innerHeight)
      faults.add(`the window scrolls: ${root.scrollHeight} > ${innerHeight}`);
    const isTouch = matchMedia('(pointer: coarse)').matches;
    const isChinese = root.lang.startsWith('zh');
    const isShown = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && element.checkVisibility() && element.closest('.sr-only') === null;
    };
    const scrolls = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX === 'auto' || overflowX === 'scroll') return true;
      }
      return false;
    };
    const textOf = (element: Element): string =>
      [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent!.trim())
        .join(' ')
        .trim();
    for (const element of document.querySelectorAll('body *')) {
      if (!isShown(element)) continue;
      const text = textOf(element);
      const name = `“${text.slice(0, 60)}” (${element.tagName}.${element.classList[0] ?? ''})`;
      const box = element.getBoundingClientRect();
      if (element instanceof SVGTextElement) {
        const drawing = element.ownerSVGElement!.getBoundingClientRect();
        if (box.right > drawing.right + 1.5 || box.left < drawing.left - 1.5)
          faults.add(`out of its drawing: ${name}`);
        continue;
      }
      const style = getComputedStyle(element);
      // Inline words are as high as their line, which a finger's room would break up.
      const isInline = style.display === 'inline' || element.matches('.phrase, .term');
      if (
        isTouch &&
        !isInline &&
        element.matches('button, a[href], select') &&
        Math.min(box.width, box.height) < 24
      )
        faults.add(`too small for a finger, ${Math.round(box.width)} x ${Math.round(box.height)}: ${name}`);
      if (text === '' || element.closest('pre, code, svg, option, script, style') !== null) continue;
      const isCut =
        ['hidden', 'clip'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      if (isCut) faults.add(`cut off: ${name}`);
      if (box.right > innerWidth + 1 && !scrolls(element)) faults.add(`beyond the right edge: ${name}`);
      if (style.color === 'rgb(0, 0, 238)') faults.add(`a link in the browser's own blue: ${name}`);
      const isEnglish = /[a-z]{2,},? [a-z]{2,},? [a-z]{2,}/i.test(text) && !/\p{Script=Han}/u.test(text);
      if (isChinese && isEnglish) faults.add(`left in English: ${name}`);
    }
    return [...faults];
  });
}
