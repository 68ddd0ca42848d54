/** English counts: `1 prompt`, `2 prompts`. Languages without plurals do without it. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
