/** A JSON object from a file whose fields have not been checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;
