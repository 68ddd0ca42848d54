/** The text of a file of tasks, whose errors name the file. How bytes become text is src/base/bytes.ts. */
import { BytesError, textOfBytes } from '../base/bytes.ts';
import { TaskFileError } from './errors.ts';

/** Text from bytes that may be gzipped, or from text that was decoded elsewhere. @throws TaskFileError */
export async function readText(content: string | Uint8Array, file: string): Promise<string> {
  try {
    return await textOfBytes(content);
  } catch (error) {
    if (error instanceof BytesError) throw new TaskFileError({ file }, error.message, error.advice);
    throw error;
  }
}
