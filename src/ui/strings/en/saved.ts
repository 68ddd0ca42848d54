/** What is kept in this browser: saved runs, tasks, adapters. */
export const saved = {};
