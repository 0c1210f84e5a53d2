/** Patchline cannot start, and a person can do something about it: the message says what. Shown without a stack. */
export class StartError extends Error {
  override name = 'StartError';
}
