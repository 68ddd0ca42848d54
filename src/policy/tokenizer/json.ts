/** Any JSON object of a model's files, before it is known what is in it. */
export type JsonObject = Readonly<Record<string, unknown>>;
