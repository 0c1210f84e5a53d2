import { paginationOptsValidator } from 'convex/server';
import { ConvexError, v } from 'convex/values';
import { mutation, query } from './lib.ts';

export const list = query({
  args: { channel: v.string(), limit: v.optional(v.number()) },
  handler: (ctx, { channel, limit }) =>
    ctx.db
      .query('messages')
      .withIndex('by_channel_n', (q) => q.eq('channel', channel))
      .order('desc')
      .take(limit ?? 20),
});

export const page = query({
  args: { channel: v.string(), paginationOpts: paginationOptsValidator },
  handler: (ctx, { channel, paginationOpts }) =>
    ctx.db
      .query('messages')
      .withIndex('by_channel_n', (q) => q.eq('channel', channel))
      .paginate(paginationOpts),
});

export const byId = query({ args: { id: v.id('messages') }, handler: (ctx, { id }) => ctx.db.get(id) });

export const send = mutation({
  args: { channel: v.string(), body: v.string(), n: v.number() },
  returns: v.id('messages'),
  handler: (ctx, args) => ctx.db.insert('messages', args),
});

export const sendMany = mutation({
  args: { messages: v.array(v.object({ channel: v.string(), body: v.string(), n: v.number() })) },
  handler: async (ctx, { messages }) => {
    for (const message of messages) await ctx.db.insert('messages', message);
    return messages.length;
  },
});

export const edit = mutation({
  args: { id: v.id('messages'), body: v.optional(v.string()), n: v.optional(v.number()) },
  handler: async (ctx, { id, ...change }) => {
    await ctx.db.patch(id, change);
  },
});

export const editMany = mutation({
  args: { ids: v.array(v.id('messages')), body: v.string() },
  handler: async (ctx, { ids, body }) => {
    for (const id of ids) await ctx.db.patch(id, { body });
  },
});

/** Reads by id alone, and lets others that began in the same moment go on before it writes. */
export const bump = mutation({
  args: { id: v.id('messages') },
  handler: async (ctx, { id }) => {
    const message = await ctx.db.get(id);
    for (let i = 0; i < 10; i++) await null;
    if (message) await ctx.db.patch(id, { n: message.n + 1 });
  },
});

export const remove = mutation({
  args: { id: v.id('messages') },
  handler: async (ctx, { id }) => {
    await ctx.db.delete(id);
  },
});

export const refuse = mutation({
  args: { reason: v.string() },
  handler: async (ctx, { reason }) => {
    await ctx.db.insert('log', { entry: 'must not stay' });
    throw new ConvexError({ code: 'refused', reason });
  },
});

export const crash = mutation({
  args: {},
  handler: () => {
    throw new Error('the database password is hunter2');
  },
});

export const failsUntil = query({
  args: { channel: v.string() },
  handler: async (ctx, { channel }) => {
    const first = await ctx.db
      .query('messages')
      .withIndex('by_channel', (q) => q.eq('channel', channel))
      .first();
    if (!first) throw new ConvexError('empty');
    return first.body;
  },
});
