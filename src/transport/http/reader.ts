/** Header fields as undici and Node give them, names in lower case. */
export type Headers = Record<string, string | string[] | undefined>;

/** A reader of one HTTP response; what it means goes to whoever made it. */
export interface ResponseReader extends BodyReader {
  start(status: number, headers: Headers): void;
  /** The answer won't come to its end. What is called after this or `end` changes nothing. */
  fail(error: Error): void;
}

/** A reader of what comes after the headers. */
export interface BodyReader {
  data(chunk: Buffer): void;
  end(): void;
}

/** Whether a status says that all went well. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The media type and its parameters, or `none`. */
export function contentTypeOf(headers: Headers): string {
  return String(headers['content-type'] ?? 'none').toLowerCase();
}
