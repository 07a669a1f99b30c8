/** The message that the mock's child process sends its parent, once. */
export type ChildReport =
  | { kind: 'listening'; url: string; ca?: string }
  | { kind: 'misused'; message: string }
  | { kind: 'failed'; message: string };
