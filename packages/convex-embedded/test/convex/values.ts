import { ConvexError, v } from 'convex/values';
import { query } from './lib.ts';

const unusual = () => ({
  big: -5n,
  bytes: new Uint8Array([1, 2, 255]).buffer,
  list: [Number.NaN, Number.POSITIVE_INFINITY, 1.5, null, { deep: 9n }],
});

export const odd = query({ args: {}, handler: unusual });

const whenLoaded = process.env.CONVEX_SITE_URL;

/** The last is how the generated `env` object reads variables. */
export const address = query({
  args: {},
  handler: () => [process.env.CONVEX_CLOUD_URL, whenLoaded, globalThis.process.env.CONVEX_CLOUD_URL],
});

export const throws = query({
  args: {},
  handler: () => {
    throw new ConvexError(unusual());
  },
});

export const echo = query({ args: { value: v.any() }, handler: (_ctx, { value }) => value });

export const many = query({ args: { length: v.number() }, handler: (_ctx, args) => Array.from(args, () => 0) });

export default query({ args: {}, handler: () => 'default' });
