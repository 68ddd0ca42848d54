/** What a task asks for, in English: what it says itself. */
export const tasks = {
  /**
   * @param id of the task; the built-in ones say by it what they are made of
   * @param description its own words
   */
  describe: (id: string, description: string): string => (id === '' ? '' : description),
};
