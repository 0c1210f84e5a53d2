import type { GenericMutationCtx } from 'convex/server';
import { ConvexError, v } from 'convex/values';
import { action, type DataModel, internalMutation, mutation, query, refs } from './lib.ts';

export const get = query({
  args: { name: v.string() },
  handler: async (ctx, { name }) =>
    (
      await ctx.db
        .query('counters')
        .withIndex('by_name', (q) => q.eq('name', name))
        .unique()
    )?.value ?? 0,
});

const addHandler = async (ctx: GenericMutationCtx<DataModel>, { name, by }: { name: string; by: number }) => {
  const row = await ctx.db
    .query('counters')
    .withIndex('by_name', (q) => q.eq('name', name))
    .unique();
  if (row) await ctx.db.patch(row._id, { value: row.value + by });
  else await ctx.db.insert('counters', { name, value: by });
  return (row?.value ?? 0) + by;
};

export const add = mutation({ args: { name: v.string(), by: v.number() }, handler: addHandler });

/** Waits for something that is not a system call, so that other mutations run in between. */
export const addSlowly = mutation({
  args: { name: v.string(), by: v.number() },
  handler: async (ctx, args) => {
    const row = await ctx.db
      .query('counters')
      .withIndex('by_name', (q) => q.eq('name', args.name))
      .unique();
    await crypto.subtle.digest('SHA-256', new Uint8Array(64));
    if (row) await ctx.db.patch(row._id, { value: row.value + args.by });
    else await ctx.db.insert('counters', { name: args.name, value: args.by });
  },
});

export const addInternal = internalMutation({ args: { name: v.string(), by: v.number() }, handler: addHandler });

export const addThenFail = internalMutation({
  args: { name: v.string(), by: v.number() },
  handler: async (ctx, args) => {
    await addHandler(ctx, args);
    throw new ConvexError({ code: 'nested' });
  },
});

export const nested = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }): Promise<{ value: number; data: unknown }> => {
    await addHandler(ctx, { name, by: 1 });
    await ctx.runMutation(refs.addInternal, { name, by: 10 });
    let data: unknown = null;
    try {
      await ctx.runMutation(refs.addThenFail, { name, by: 100 });
    } catch (error) {
      data = (error as ConvexError<string>).data;
    }
    return { value: await ctx.runQuery(refs.get, { name }), data };
  },
});

export const later = mutation({
  args: { name: v.string(), by: v.number(), afterMs: v.number() },
  handler: (ctx, { name, by, afterMs }) => ctx.scheduler.runAfter(afterMs, refs.addInternal, { name, by }),
});

export const cancel = mutation({
  args: { id: v.id('_scheduled_functions') },
  handler: (ctx, { id }) => ctx.scheduler.cancel(id),
});

export const jobs = query({
  args: {},
  handler: (ctx) => ctx.db.system.query('_scheduled_functions').collect(),
});

export const viaAction = action({
  args: { name: v.string() },
  handler: async (ctx, { name }): Promise<number> => {
    await ctx.runMutation(refs.add, { name, by: 5 });
    return ctx.runQuery(refs.get, { name });
  },
});

export const impure = query({
  args: { what: v.string() },
  handler: async (_ctx, { what }) => {
    if (what === 'fetch') await fetch('http://127.0.0.1:1/');
    if (what === 'timer') setTimeout(() => undefined, 1);
    if (what === 'process') return Object.keys(process.env).sort();
    if (what === 'clock') {
      const first = Date.now();
      for (let i = 0; i < 1e6; i++) Math.sqrt(i);
      return Date.now() - first + (Date.parse(new Date().toISOString()) - first);
    }
    return null;
  },
});
