/** Names of files that leave the page. Pure. */

/** A file name from a title. */
export const fileName = (title: string, end: string): string =>
  `tracewise-${
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'chart'
  }.${end}`;
