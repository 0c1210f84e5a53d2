import { defineApp } from 'convex/server';
import { v } from 'convex/values';

export default defineApp({
  env: {
    API_KEY: v.string(),
    LEVEL: v.optional(v.union(v.literal('info'), v.literal('error'))),
  },
});
