import { type CarrierAccount, CarrierRefusal, type NumberAdmin } from '../carriers/index.ts';
import type { NumbersDeps } from './deps.ts';

/** One thing that was looked at, in the order they were. */
export interface CheckStep {
  step: 'address_at_carrier' | 'arrives' | 'signature_checked';
  ok: boolean;
  /** What is so, and what to do when it is not. */
  words: string;
}

const PROBE_TIMEOUT_MS = 10_000;

/**
 * Whether texts to a number can arrive: the address is set at the carrier, and a request like the carrier's, sent to
 * PUBLIC_URL, comes in with its signature whole, while one with another signature is refused. Stops at what fails.
 */
export async function checkWebhook(
  deps: Pick<NumbersDeps, 'publicUrl'>,
  admin: NumberAdmin,
  account: CarrierAccount,
  e164: string,
): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  for (const look of [atCarrier, arrives, refusesForeign]) {
    const step = await look(deps.publicUrl, admin, account, e164);
    steps.push(step);
    if (!step.ok) break;
  }
  return steps;
}

/** The sentence to keep with the number: null when nothing is wrong. */
export function problemOf(steps: readonly CheckStep[]): string | null {
  return steps.find(({ ok }) => !ok)?.words ?? null;
}

type Look = (publicUrl: string, admin: NumberAdmin, account: CarrierAccount, e164: string) => Promise<CheckStep>;

const atCarrier: Look = async (publicUrl, admin, account, e164) => {
  const step = 'address_at_carrier';
  try {
    const number = await admin.findNumber(account, e164);
    if (number === null) return { step, ok: false, words: 'The carrier account no longer has this number.' };
    if (number.webhookUrl === admin.webhookUrl(publicUrl)) {
      return { step, ok: true, words: 'The carrier sends its texts here.' };
    }
    const elsewhere = number.webhookUrl === '' ? 'nowhere' : 'to another address';
    return { step, ok: false, words: `At the carrier, texts to this number go ${elsewhere}. Set it up again.` };
  } catch (error) {
    if (!(error instanceof CarrierRefusal)) throw error;
    return { step, ok: false, words: `The setting could not be read back: ${error.message}` };
  }
};

const arrives: Look = async (publicUrl, admin, account, e164) => {
  const step = 'arrives';
  const answer = await post(admin.probe(account, publicUrl, e164));
  if (typeof answer === 'string') return { step, ok: false, words: `${publicUrl} cannot be reached: ${answer}.` };
  if (answer === 204) return { step, ok: true, words: 'A signed request to our public address came in.' };
  return { step, ok: false, words: wordsOf(publicUrl, answer) };
};

const refusesForeign: Look = async (publicUrl, admin, account, e164) => {
  const step = 'signature_checked';
  const stranger = { ...account, authTokens: ['not the credential'] };
  const answer = await post(admin.probe(stranger, publicUrl, e164));
  if (answer === 403) return { step, ok: true, words: 'A request signed by somebody else was refused.' };
  return { step, ok: false, words: `Something else than Patchline answers at ${publicUrl}. Check PUBLIC_URL.` };
};

function wordsOf(publicUrl: string, status: number): string {
  if (status === 403) {
    return `A request to ${publicUrl} came in, but its signature did not fit. PUBLIC_URL must be the address exactly as the carrier calls it, and a proxy must not change path or body.`;
  }
  if (status >= 300 && status < 400) {
    return `${publicUrl} answers with a redirect. Set PUBLIC_URL to the address it redirects to.`;
  }
  if (status === 502 || status === 503 || status === 504) {
    return `The proxy at ${publicUrl} does not reach Patchline (it answered ${status}).`;
  }
  return `${publicUrl} answered ${status} where Patchline should. Let requests to /webhooks/ through to it.`;
}

/** The status of the answer, or in words why there is none. */
async function post(request: { url: string; headers: Record<string, string>; body: string }): Promise<number | string> {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return whyNot(error as Error & { cause?: { code?: string } });
  }
}

function whyNot(error: Error & { cause?: { code?: string } }): string {
  if (error.name === 'TimeoutError') return `no answer within ${PROBE_TIMEOUT_MS / 1000} seconds`;
  const code = error.cause?.code ?? '';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  if (/CERT|TLS|SSL/.test(code)) return 'its certificate is not accepted';
  return 'the connection failed';
}
