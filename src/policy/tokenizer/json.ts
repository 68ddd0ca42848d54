/** A JSON object from a model's files whose fields have not been checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;
