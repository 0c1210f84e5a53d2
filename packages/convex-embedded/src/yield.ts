/** Lets pending input and output happen before going on with a long stretch of work. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
