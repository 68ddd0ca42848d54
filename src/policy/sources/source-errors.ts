/** What can go wrong between a model's name and its bytes, each with advice. Files that are there and wrong are CheckpointErrors. */
import { PolicyError } from '../errors.ts';

/** The place has no such model, or keeps it from whoever has not agreed to its terms. */
export class ModelAccessError extends PolicyError {}

/** No connection, or one that broke; what came before is kept. */
export class DownloadError extends PolicyError {}

/** The cache cannot take the model. */
export class StorageError extends PolicyError {}

/** The model would not fit into memory. */
export class TooLittleMemoryError extends PolicyError {}
