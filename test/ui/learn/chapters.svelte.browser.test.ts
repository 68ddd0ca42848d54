/**
 * The chapters stay where they are while recordings come and go: who has tabbed into
 * one keeps the focus, and what was guessed of one recording is not said of another.
 */
import { flushSync, mount, tick, unmount } from 'svelte';
import { expect, onTestFinished, test, vi } from 'vitest';
import Chapters from '../../../src/ui/learn/Chapters.svelte';
import { provideRunHere } from '../../../src/ui/learn/run-here.ts';
import { LearnStory, provideStory } from '../../../src/ui/learn/story.svelte.ts';
import { RecordingShelf } from '../../../src/ui/session/recording-shelf.svelte.ts';
import { Language, provideLanguage } from '../../../src/ui/strings/locale.svelte.ts';
import { recordingFile } from './recording.ts';

const file = new TextEncoder().encode(recordingFile());

/** The chapters before any recording has come. */
function chapters(): LearnStory {
  const story = new LearnStory(new RecordingShelf('http://nowhere.invalid/'));
  const shown = mount(
    (...inside: Parameters<typeof Chapters>) => {
      provideStory(story);
      provideRunHere(() => undefined);
      provideLanguage(new Language());
      return Chapters(...inside);
    },
    { target: document.body, props: { ondrawn: () => undefined }, context: new Map() },
  );
  onTestFinished(() => unmount(shown));
  flushSync();
  return story;
}

const inChapter = <E extends HTMLElement>(number: number, selector: string): E =>
  document.querySelector<E>(`#chapter-${number} ${selector}`)!;

async function open(story: LearnStory): Promise<void> {
  await story.replay.openBytes(file, 'a file');
  await tick();
}

test('a recording that arrives takes the focus from nobody', async () => {
  const story = chapters();
  const onward = inChapter(3, '.onward button');
  onward.focus();
  expect(document.activeElement === onward).toBe(true);
  await open(story);
  expect(inChapter(3, '[data-testid=predict]')).not.toBeNull();
  expect(document.activeElement === onward).toBe(true);
});

test('guesses and places are of one recording: the next one asks anew', async () => {
  const story = chapters();
  await open(story);
  const answers = () => document.querySelectorAll('[data-testid=answer]').length;
  expect(answers()).toBe(0);
  for (const show of document.querySelectorAll<HTMLElement>('[data-testid=predict] .head .link'))
    show.click();
  const slider = inChapter<HTMLInputElement>(2, '[data-testid=step-map] input');
  slider.value = '1';
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  expect(answers()).toBe(6);
  await open(story);
  // What a coin does is no question of the recording: the last chapter's answer stays.
  expect([...document.querySelectorAll('[data-testid=answer]')].map(chapterOf)).toEqual(['6']);
  expect(inChapter<HTMLInputElement>(2, '[data-testid=step-map] input').value).toBe('0');
  expect(inChapter<HTMLInputElement>(3, 'form input').value).toBe('');
  expect(inChapter<HTMLInputElement>(4, 'form input').value).toBe('');
});

test('who is at the last chapter before the recording comes is shown the other one then', async () => {
  const story = chapters();
  const from: boolean[] = [];
  vi.spyOn(story, 'openOther').mockImplementation(async () => void from.push(story.recording !== null));
  inChapter(6, 'h2').scrollIntoView();
  await seen(inChapter(6, 'h2'));
  await open(story);
  await expect.poll(() => from).toContain(true);
});

/** Until it is in view; who watched it before was told then. */
const seen = (element: Element): Promise<void> =>
  new Promise((resolve) => {
    new IntersectionObserver((entries, watch) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      resolve();
    }).observe(element);
  });

const chapterOf = (element: Element): string | undefined =>
  element.closest<HTMLElement>('[data-chapter]')?.dataset['chapter'];
