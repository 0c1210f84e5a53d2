import { queryGeneric } from 'convex/server';

const whenLoaded = process.env.CONVEX_SITE_URL;

export const read = queryGeneric({
  args: {},
  handler: () => ({
    key: process.env.API_KEY,
    cloud: process.env.CONVEX_CLOUD_URL,
    site: whenLoaded,
    // As the generated `env` object of `_generated/server` reads it.
    generated: (globalThis as unknown as typeof globalThis & { process: { env: Record<string, string> } }).process.env
      .API_KEY,
  }),
});
