import type { Timing } from '../context.ts';

/** How a webhook is made: Twilio reads it from the fragment of the webhook's URL. */
export interface ConnectionRules {
  /** The URL as requested: without fragment. */
  url: string;
  /** Retries after the first try, 0 to 5. */
  retries: number;
  retryOn: ReadonlySet<RetryReason>;
  connectMs: number;
  readMs: number;
  totalMs: number;
}

/** ct: no connection. rt: no answer in time. */
export type RetryReason = 'ct' | 'rt' | '4xx' | '5xx';

const REASONS: readonly RetryReason[] = ['ct', 'rt', '4xx', '5xx'];

/**
 * Reads `#rc=5&rp=ct,rt,5xx&ct=2000&rt=10000&tt=15000`. Values out of range are brought into it; what is malformed or
 * unknown is left at the default (one retry, and only when no connection could be made).
 */
export function connectionRules(
  configured: string,
  timing: Pick<Timing, 'connectMs' | 'readMs' | 'totalMs'>,
): ConnectionRules {
  const hash = configured.indexOf('#');
  const url = hash < 0 ? configured : configured.slice(0, hash);
  const fragment = new URLSearchParams(hash < 0 ? '' : configured.slice(hash + 1));
  const policy = fragment.get('rp')?.split(',').filter(Boolean) ?? ['ct'];
  const retryOn = policy.includes('all') ? REASONS : REASONS.filter((reason) => policy.includes(reason));
  return {
    url,
    retries: whole(fragment.get('rc'), 0, 5) ?? 1,
    retryOn: new Set(retryOn),
    connectMs: whole(fragment.get('ct'), 100, 10_000) ?? timing.connectMs,
    readMs: whole(fragment.get('rt'), 100, 15_000) ?? timing.readMs,
    totalMs: whole(fragment.get('tt'), 100, 15_000) ?? timing.totalMs,
  };
}

function whole(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^\d{1,9}$/.test(text)) return undefined;
  return Math.min(most, Math.max(least, Number(text)));
}
