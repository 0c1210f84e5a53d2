import { expect } from 'vitest';

/** expect.poll with the patience that a busy machine needs: it ends as soon as the value is right. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 15_000, interval: 20 });
}
