/** The room Learn. */
export const learn = {};
