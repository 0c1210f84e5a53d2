import { v } from 'convex/values';
import { internalAction, internalMutation, mutation, refs } from './lib.ts';

const args = { name: v.string() };

export const many = mutation({
  args: { name: v.string(), count: v.number(), afterMs: v.number() },
  handler: async (ctx, { name, count, afterMs }) => {
    for (let i = 0; i < count; i++) await ctx.scheduler.runAfter(afterMs, refs.addInternal, { name, by: 1 });
  },
});

export const tick = internalMutation({
  args,
  handler: async (ctx, { name }) => {
    await ctx.db.insert('log', { entry: `${name} ${new Date().toISOString()}` });
  },
});

/** Says that it has begun, then waits until the counter `gate` is not zero any more. */
export const waits = internalAction({
  args,
  handler: async (ctx, { name }) => {
    await ctx.runMutation(refs.addInternal, { name, by: 1 });
    while ((await ctx.runQuery(refs.get, { name: 'gate' })) === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
});

export const actLater = mutation({
  args: { name: v.string(), afterMs: v.number() },
  handler: (ctx, { name, afterMs }) => ctx.scheduler.runAfter(afterMs, refs.waits, { name }),
});
