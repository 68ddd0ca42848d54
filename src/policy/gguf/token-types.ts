/** What a token of a GGUF file is (`tokenizer.ggml.token_type`). An ordinary one is 1. */
export const UNKNOWN = 2;
export const CONTROL = 3;
export const USER_DEFINED = 4;
export const UNUSED = 5;
