import { ConvexError, v } from 'convex/values';
import { query } from './lib.ts';

const unusual = () => ({
  big: -5n,
  bytes: new Uint8Array([1, 2, 255]).buffer,
  list: [Number.NaN, Number.POSITIVE_INFINITY, 1.5, null, { deep: 9n }],
});

export const odd = query({ args: {}, handler: unusual });

export const throws = query({
  args: {},
  handler: () => {
    throw new ConvexError(unusual());
  },
});

export const echo = query({ args: { value: v.any() }, handler: (_ctx, { value }) => value });

export const many = query({ args: { length: v.number() }, handler: (_ctx, args) => Array.from(args, () => 0) });

export default query({ args: {}, handler: () => 'default' });
