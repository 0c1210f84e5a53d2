import { type GenericMutationCtx, makeFunctionReference } from 'convex/server';
import { v } from 'convex/values';
import { action, type DataModel, internalAction, mutation, refs } from './lib.ts';

const later = makeFunctionReference<'mutation', { name: string; by: number; afterMs: number }>('counters:later');
const plannerRef = makeFunctionReference<'action', { name: string }>('plans:planner');

export const at = mutation({
  args: { at: v.number() },
  handler: (ctx: GenericMutationCtx<DataModel>, args) => ctx.scheduler.runAt(args.at, refs.tick, { name: 'at' }),
});

export const cancelFromAction = action({
  args: { id: v.id('_scheduled_functions') },
  handler: (ctx, { id }) => ctx.scheduler.cancel(id),
});

/** Waits for the counter `gate`, then schedules twice: itself, and through a mutation it calls. */
export const planner = internalAction({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.runMutation(refs.addInternal, { name, by: 1 });
    while ((await ctx.runQuery(refs.get, { name: 'gate' })) === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ctx.scheduler.runAfter(0, refs.addInternal, { name: 'planned', by: 1 });
    await ctx.runMutation(later, { name: 'planned', by: 1, afterMs: 0 });
    await ctx.runMutation(refs.addInternal, { name: 'over', by: 1 });
  },
});

export const start = mutation({
  args: { name: v.string() },
  handler: (ctx, args) => ctx.scheduler.runAfter(0, plannerRef, args),
});
