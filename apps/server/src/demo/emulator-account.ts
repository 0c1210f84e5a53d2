import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TELNYX_PATH, TWILIO_RETRY_RULE, TWILIO_TEXT_PATH } from '../carriers/index.ts';

/** How long a start waits for the emulator, in milliseconds. The supervisor starts it first, so it is hardly ever needed. */
const PATIENCE_MS = 20_000;

const NAME = 'Patchline demo';

interface EmulatorNumber {
  e164: string;
  friendlyName: string;
}

interface EmulatorAccount {
  accountId: string;
  /** What the emulator's control API takes. */
  account: Record<string, unknown>;
}

export function twilioAccount(
  publicUrl: string,
  credential: { accountSid: string; authToken: string },
  numbers: readonly EmulatorNumber[],
): EmulatorAccount {
  const smsUrl = `${publicUrl}${TWILIO_TEXT_PATH}${TWILIO_RETRY_RULE}`;
  return {
    accountId: credential.accountSid,
    account: {
      carrier: 'twilio',
      authToken: credential.authToken,
      friendlyName: NAME,
      numbers: numbers.map((number) => ({ ...number, smsUrl, smsMethod: 'POST' })),
    },
  };
}

export function telnyxAccount(
  publicUrl: string,
  accountId: string,
  credential: { apiKey: string; webhookPrivateKey: string; webhookPublicKey: string },
  numbers: readonly EmulatorNumber[],
): EmulatorAccount {
  const { apiKey, webhookPrivateKey, webhookPublicKey } = credential;
  return {
    accountId,
    account: {
      carrier: 'telnyx',
      apiKey,
      webhookPrivateKey,
      webhookPublicKey,
      friendlyName: NAME,
      messagingProfile: { name: NAME, webhookUrl: `${publicUrl}${TELNYX_PATH}` },
      numbers,
    },
  };
}

/** Tells the carrier emulator of one of the demo's accounts and where its texts go. Telling it again changes nothing. */
export async function registerAtEmulator(
  options: { emulatorUrl: string; log: Logger } & EmulatorAccount,
): Promise<void> {
  const body = JSON.stringify(options.account);
  const url = `${options.emulatorUrl}/emulator/api/accounts/${options.accountId}`;
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (let pause = 100; ; pause = Math.min(2_000, pause * 2)) {
    const trouble = await put(url, body);
    if (trouble === null) return;
    if (!trouble.mayPass || Date.now() + pause > giveUpAt) {
      // The desk works without it; only pretend phones do not.
      options.log.error({ err: trouble.error }, 'the demo account could not be registered at the carrier emulator');
      return;
    }
    await sleep(pause);
  }
}

/** Null when it was taken; otherwise what happened, and whether it may go better in a moment. */
async function put(url: string, body: string): Promise<{ error: Error; mayPass: boolean } | null> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(5_000),
    });
    if (response.ok) return null;
    const said = (await response.text()).slice(0, 300);
    return { error: new Error(`The emulator answers ${response.status}: ${said}`), mayPass: response.status >= 500 };
  } catch (error) {
    // It does not listen yet, or did not answer in time.
    return { error: error as Error, mayPass: true };
  }
}
