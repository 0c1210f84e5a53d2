import type { GenericMutationCtx } from 'convex/server';
import { ConvexError, type Infer, v } from 'convex/values';
import { type DataModel, internalMutation, mutation, query, refs } from './lib.ts';

/** Functions of the simulation: transactions of random steps, and queries that see all of their effects. */
export const step = v.union(
  v.object({ op: v.literal('add'), key: v.string(), by: v.number() }),
  v.object({ op: v.literal('move'), from: v.string(), to: v.string() }),
  v.object({ op: v.literal('sum'), low: v.string(), high: v.string() }),
  v.object({ op: v.literal('drop'), key: v.string() }),
  v.object({ op: v.literal('pause'), ticks: v.number() }),
  v.object({ op: v.literal('nested'), key: v.string(), fails: v.boolean() }),
  v.object({ op: v.literal('refuseAbove'), key: v.string(), limit: v.number() }),
);

type Ctx = GenericMutationCtx<DataModel>;

const cell = (ctx: Ctx, key: string) =>
  ctx.db
    .query('cells')
    .withIndex('by_key', (q) => q.eq('key', key))
    .unique();

async function addTo(ctx: Ctx, key: string, by: number): Promise<number> {
  const row = await cell(ctx, key);
  if (row) await ctx.db.patch(row._id, { value: row.value + by });
  else await ctx.db.insert('cells', { key, value: by });
  return (row?.value ?? 0) + by;
}

export const inner = internalMutation({
  args: { key: v.string(), fails: v.boolean() },
  handler: async (ctx, { key, fails }) => {
    await addTo(ctx, key, 100);
    if (fails) throw new ConvexError('inner');
  },
});

async function perform(ctx: Ctx, s: Infer<typeof step>): Promise<number> {
  switch (s.op) {
    case 'add':
      return addTo(ctx, s.key, s.by);
    case 'move': {
      const row = await cell(ctx, s.from);
      return addTo(ctx, s.to, row?.value ?? 0);
    }
    case 'sum': {
      const rows = await ctx.db
        .query('cells')
        .withIndex('by_key', (q) => q.gte('key', s.low).lt('key', s.high))
        .collect();
      return rows.reduce((total, row) => total + row.value, 0);
    }
    case 'drop': {
      const row = await cell(ctx, s.key);
      if (row) await ctx.db.delete(row._id);
      return row ? 1 : 0;
    }
    case 'pause':
      // Others that began in the same moment go on meanwhile.
      for (let i = 0; i < s.ticks; i++) await null;
      return 0;
    case 'nested':
      try {
        await ctx.runMutation(refs.inner, { key: s.key, fails: s.fails });
        return 1;
      } catch (error) {
        if (!(error instanceof ConvexError)) throw error;
        return 0;
      }
    case 'refuseAbove': {
      const row = await cell(ctx, s.key);
      if ((row?.value ?? 0) > s.limit) throw new ConvexError('refused');
      return 0;
    }
  }
}

export const run = mutation({
  args: { tag: v.string(), steps: v.array(step) },
  handler: async (ctx, { tag, steps }) => {
    await ctx.db.insert('history', { tag, at: ctx.db.vars.commitTs });
    const seen: number[] = [];
    for (const s of steps) seen.push(await perform(ctx, s));
    return seen;
  },
});

export const all = query({
  args: {},
  handler: async (ctx) =>
    (await ctx.db.query('cells').withIndex('by_key').collect()).map(({ key, value }) => [key, value]),
});

export const between = query({
  args: { low: v.string(), high: v.string() },
  handler: async (ctx, { low, high }) => {
    const rows = await ctx.db
      .query('cells')
      .withIndex('by_key', (q) => q.gte('key', low).lt('key', high))
      .collect();
    return rows.map(({ key, value }) => [key, value]);
  },
});

export const committed = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query('history').collect()).length,
});

export const history = query({ args: {}, handler: (ctx) => ctx.db.query('history').withIndex('by_at').collect() });
