/** A problem that the person who started the stack can fix: its message is one line, printed without a stack. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}
