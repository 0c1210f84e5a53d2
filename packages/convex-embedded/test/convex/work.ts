import { v } from 'convex/values';
import { internalMutation, mutation, query, refs } from './lib.ts';

export const enqueue = mutation({
  args: { payload: v.string() },
  handler: async (ctx, { payload }) => {
    const id = await ctx.db.insert('work', { payload, at: ctx.db.vars.commitTs });
    const row = await ctx.db.get(id);
    const unresolved = row?.at === ctx.db.vars.commitTs;
    const latest = await ctx.db.query('work').withIndex('by_at').order('desc').first();
    return { id, at: ctx.db.vars.commitTs, unresolved, latestIsOwn: latest?._id === id };
  },
});

export const touch = mutation({
  args: { id: v.id('work') },
  handler: (ctx, { id }) => ctx.db.patch(id, { at: ctx.db.vars.commitTs }),
});

export const inOrder = query({
  args: {},
  handler: async (ctx) => ({
    rows: await ctx.db.query('work').withIndex('by_at').collect(),
    snapshot: ctx.meta.getSnapshotTs(),
  }),
});

export const about = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.query('work').first();
    return {
      fn: await ctx.meta.getFunctionMetadata(),
      request: await ctx.meta.getRequestMetadata(),
      used: (await ctx.meta.getTransactionMetrics()).databaseQueries,
      deployment: await ctx.meta.getDeploymentMetadata(),
    };
  },
});

export const note = internalMutation({
  args: {},
  handler: async (ctx) => {
    const { scheduledFunctionId } = await ctx.meta.getRequestMetadata();
    await ctx.db.insert('log', { entry: `scheduled as ${scheduledFunctionId}` });
  },
});

export const noteLater = mutation({ args: {}, handler: (ctx) => ctx.scheduler.runAfter(0, refs.note, {}) });

export const notes = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query('log').collect()).map((r) => r.entry),
});
