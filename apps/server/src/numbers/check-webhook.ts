import { type CarrierAccount, CarrierRefusal, type NumberAdmin, type WebhookProof } from '../carriers/index.ts';
import { textArrived } from '../messaging/index.ts';
import type { NumbersDeps } from './deps.ts';

/** One thing that was looked at, in the order they were. */
export interface CheckStep {
  step: 'address_at_carrier' | 'arrives' | 'signature_checked';
  ok: boolean;
  /** What is so, and what to do when it is not. */
  words: string;
}

const PROBE_TIMEOUT_MS = 10_000;

type CheckDeps = Pick<NumbersDeps, 'publicUrl' | 'database'>;

/**
 * Whether texts to a number can arrive: the address is set at the carrier, and a signed request comes in with its signature
 * whole, while one that the carrier did not sign is refused. Where only the carrier can sign, a text that came in shows it.
 * Stops at what fails.
 */
export async function checkWebhook(
  deps: CheckDeps,
  admin: NumberAdmin,
  account: CarrierAccount,
  e164: string,
): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  const { proof } = admin;
  const looks: Look[] =
    proof.kind === 'ours'
      ? [atCarrier(admin), arrives(proof), refusesForeign(proof)]
      : [atCarrier(admin), refusesUnsigned(proof), textCame];
  for (const look of looks) {
    const step = await look(deps, account, e164);
    steps.push(step);
    if (!step.ok) break;
  }
  return steps;
}

/** The sentence to keep with the number: null when nothing is wrong. */
export function problemOf(steps: readonly CheckStep[]): string | null {
  return steps.find(({ ok }) => !ok)?.words ?? null;
}

type Look = (deps: CheckDeps, account: CarrierAccount, e164: string) => Promise<CheckStep>;
type OurProof = Extract<WebhookProof, { kind: 'ours' }>;
type TheirProof = Extract<WebhookProof, { kind: 'theirs' }>;

const atCarrier =
  (admin: NumberAdmin): Look =>
  async ({ publicUrl }, account, e164) => {
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

const arrives =
  (proof: OurProof): Look =>
  async ({ publicUrl }, account, e164) => {
    const step = 'arrives';
    const answer = await post(proof.signed(account, publicUrl, e164));
    if (typeof answer === 'string') return { step, ok: false, words: `${publicUrl} cannot be reached: ${answer}.` };
    if (answer === 204) return { step, ok: true, words: 'A signed request to our public address came in.' };
    return { step, ok: false, words: wordsOf(publicUrl, answer) };
  };

const refusesForeign =
  (proof: OurProof): Look =>
  async ({ publicUrl }, account, e164) => {
    const step = 'signature_checked';
    const stranger = { ...account, authTokens: ['not the credential'] };
    const answer = await post(proof.signed(stranger, publicUrl, e164));
    if (answer === 403) return { step, ok: true, words: 'A request signed by somebody else was refused.' };
    return { step, ok: false, words: `Something else than Patchline answers at ${publicUrl}. Check PUBLIC_URL.` };
  };

const refusesUnsigned =
  (proof: TheirProof): Look =>
  async ({ publicUrl }, _account, e164) => {
    const step = 'signature_checked';
    const answer = await post(proof.unsigned(publicUrl, e164));
    if (typeof answer === 'string') return { step, ok: false, words: `${publicUrl} cannot be reached: ${answer}.` };
    if (answer === 403) return { step, ok: true, words: 'A request that nobody signed came in and was refused.' };
    if (answer < 300) {
      return { step, ok: false, words: `Something else than Patchline answers at ${publicUrl}. Check PUBLIC_URL.` };
    }
    return { step, ok: false, words: wordsOf(publicUrl, answer) };
  };

/** Once it was seen, it stands until something is found wrong. */
const textCame: Look = async ({ database }, { tenantId }, e164) => {
  const step = 'arrives';
  const came = await database.withTenant(tenantId, async (tx) => {
    const before = await tx.first<{ at: Date | null; problem: string | null }>(
      `select webhook_checked_at as at, webhook_problem as problem from numbers where tenant_id = $1 and e164 = $2`,
      [tenantId, e164],
    );
    if (before?.at && before.problem === null) return true;
    return textArrived(tx, e164, before?.at ?? null);
  });
  if (came) return { step, ok: true, words: 'A text came in that the carrier signed.' };
  return {
    step,
    ok: false,
    words:
      'No text has come in yet. Text this number from a phone, then set it up again. If the text does not appear, compare the public key with the one the carrier shows.',
  };
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
