/**
 * The study that may come with the site, as its file has it. Whether there is one is known when the site is
 * built, so that a site without one asks nobody for it.
 */
const FILES = import.meta.glob<unknown>('../../../public/runs/study.json', { import: 'default' });

/** Fetches it; absent on a site without one. */
export const fetchStudyFile: (() => Promise<unknown>) | undefined = Object.values(FILES)[0];
