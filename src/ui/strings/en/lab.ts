/** The room Lab. */
export const lab = {};
