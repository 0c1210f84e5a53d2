import { query } from './lib.ts';

export const whole = query({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });

export const tenant = query({
  args: {},
  handler: async (ctx) => {
    const identity = await ctx.auth.getUserIdentity();
    const counters = await ctx.db.query('counters').collect();
    return { tenant: identity?.tenant ?? null, counters: counters.length };
  },
});

export const signedIn = query({
  args: {},
  handler: async (ctx) => (await ctx.auth.getUserIdentity()) !== null,
});
