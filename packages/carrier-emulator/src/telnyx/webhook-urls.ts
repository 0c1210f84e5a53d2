import type { Context } from '../context.ts';
import type { Message } from '../store/messages.ts';

/** Where a message's webhooks go: its own address before its profile's; null goes nowhere. */
export function webhookUrls(context: Context, m: Message): { url: string | null; failover: string | null } {
  const profile = m.serviceSid === null ? undefined : context.profiles.get(m.serviceSid);
  if (m.statusCallback) return { url: m.statusCallback, failover: m.extra?.failoverUrl ?? null };
  if (m.extra?.ownWebhooksOnly) return { url: null, failover: null };
  return { url: profile?.webhook_url || null, failover: profile?.webhook_failover_url || null };
}
