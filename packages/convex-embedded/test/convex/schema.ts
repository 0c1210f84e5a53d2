import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

export default defineSchema({
  messages: defineTable({
    channel: v.string(),
    body: v.string(),
    n: v.number(),
    extra: v.optional(v.union(v.string(), v.int64(), v.null())),
  })
    .index('by_channel', ['channel'])
    .index('by_channel_n', ['channel', 'n']),
  counters: defineTable({ name: v.string(), value: v.number() }).index('by_name', ['name']),
  work: defineTable({ payload: v.string(), at: v.commitTs() }).index('by_at', ['at']),
  cells: defineTable({ key: v.string(), value: v.number() }).index('by_key', ['key']),
  history: defineTable({ tag: v.string(), at: v.commitTs() }).index('by_at', ['at']),
  log: defineTable({ entry: v.string() }),
  anything: defineTable(v.any()).index('by_field', ['field']),
});
