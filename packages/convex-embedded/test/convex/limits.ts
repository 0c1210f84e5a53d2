import { makeFunctionReference } from 'convex/server';
import { v } from 'convex/values';
import { action, mutation, query, refs } from './lib.ts';

export const store = mutation({
  args: { value: v.any() },
  handler: (ctx, { value }) => ctx.db.insert('anything', value),
});

export const write = mutation({
  args: { count: v.number(), bytes: v.number() },
  handler: async (ctx, { count, bytes }) => {
    const entry = 'x'.repeat(bytes);
    for (let i = 0; i < count; i++) await ctx.db.insert('log', { entry });
  },
});

export const scan = query({
  args: {},
  handler: async (ctx) => {
    let count = 0;
    for await (const _ of ctx.db.query('log')) count++;
    return count;
  },
});

export const ask = query({
  args: { times: v.number() },
  handler: async (ctx, { times }) => {
    for (let i = 0; i < times; i++) await ctx.db.query('log').first();
  },
});

export const answer = query({ args: { bytes: v.number() }, handler: (_ctx, { bytes }) => 'x'.repeat(bytes) });

export const take = query({ args: { text: v.string() }, handler: (_ctx, { text }) => text.length });

export const schedule = mutation({
  args: { count: v.number(), bytes: v.number() },
  handler: async (ctx, { count, bytes }) => {
    const name = 'x'.repeat(bytes);
    for (let i = 0; i < count; i++) await ctx.scheduler.runAfter(60_000, refs.tick, { name });
  },
});

const deeper = makeFunctionReference<'query', { levels: number }, number>('limits:nest');

/** Calls itself through so many levels. */
export const nest = query({
  args: { levels: v.number() },
  handler: async (ctx, { levels }): Promise<number> =>
    levels === 0 ? 0 : 1 + (await ctx.runQuery(deeper, { levels: levels - 1 })),
});

export const hang = action({ args: {}, handler: () => new Promise<null>(() => undefined) });
