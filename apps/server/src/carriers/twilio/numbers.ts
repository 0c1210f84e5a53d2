import { twilioError } from '@patchline/domain/carrier-errors';
import twilio from 'twilio';
import type { IncomingPhoneNumberInstance } from 'twilio/lib/rest/api/v2010/account/incomingPhoneNumber.js';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { CarrierAccount } from '../messaging-carrier.ts';
import { type CarrierNumber, CarrierRefusal, type NumberAdmin } from '../number-admin.ts';
import { twilioClients } from './client.ts';
import { TWILIO_RETRY_RULE, TWILIO_TEXT_PATH } from './webhook-urls.ts';

// CommonJS: Node finds only the default export by name.
const { RestException } = twilio;

const PAGE = 1000;

/** Where the self-test arrives: below the address for texts, so that a proxy which lets those through lets it through. */
export const TWILIO_PROBE_PATH = `${TWILIO_TEXT_PATH}/check`;

/** Twilio's accounts and numbers through its official client. `apiUrl` replaces api.twilio.com, null leaves it. */
export function twilioNumberAdmin(apiUrl: string | null): NumberAdmin {
  const clientOf = twilioClients(apiUrl);
  return {
    checkCredentials: (account) =>
      asking(async () => {
        const found = await clientOf(account).api.v2010.accounts(account.accountRef).fetch();
        if (found.status !== 'active')
          throw new CarrierRefusal('refused', `Twilio says this account is ${found.status}.`);
        return { accountRef: account.accountRef, name: found.friendlyName };
      }),
    listNumbers: (account) =>
      asking(async () => (await clientOf(account).incomingPhoneNumbers.list({ pageSize: PAGE })).map(toCarrierNumber)),
    findNumber: (account, e164) =>
      asking(async () => {
        // Twilio matches parts of numbers too.
        const found = await clientOf(account).incomingPhoneNumbers.list({ phoneNumber: e164, limit: PAGE });
        const own = found.find(({ phoneNumber }) => phoneNumber === e164);
        return own === undefined ? null : toCarrierNumber(own);
      }),
    setWebhook: (account, carrierRef, url) =>
      asking(async () => {
        await clientOf(account)
          .incomingPhoneNumbers(carrierRef)
          // An application set on the number would win over the address.
          .update({ smsUrl: url ?? '', smsMethod: 'POST', ...(url === null ? {} : { smsApplicationSid: '' }) });
      }),
    webhookUrl: (publicUrl) => publicUrl + TWILIO_TEXT_PATH + TWILIO_RETRY_RULE,
    proof: {
      kind: 'ours',
      signed: (account, publicUrl, e164) => signed(account, publicUrl + TWILIO_PROBE_PATH, e164),
    },
  };
}

function signed(account: CarrierAccount, url: string, e164: string) {
  const [token] = account.authTokens;
  if (token === undefined) throw new Error('The carrier account has no credential');
  const params = { AccountSid: account.accountRef, To: e164, From: e164, Body: 'Patchline checks its own address.' };
  return {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': getExpectedTwilioSignature(token, url, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}

function toCarrierNumber(number: IncomingPhoneNumberInstance): CarrierNumber {
  // The types call this a class that the client never makes: it passes on Twilio's plain flags.
  const flags = number.capabilities as { sms?: boolean; mms?: boolean; voice?: boolean };
  return {
    carrierRef: number.sid,
    e164: number.phoneNumber,
    name: number.friendlyName,
    capabilities: { sms: flags.sms === true, mms: flags.mms === true, voice: flags.voice === true },
    webhookUrl: number.smsUrl ?? '',
  };
}

/** Runs one request; whatever the client throws becomes a refusal in words without the request's parts. */
async function asking<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof CarrierRefusal) throw error;
    if (!(error instanceof RestException)) throw new CarrierRefusal('unreachable', 'Twilio did not answer.');
    // Twilio answers 404 for an account that the credentials do not open.
    if (error.status === 401 || error.code === 20003 || error.status === 404) {
      throw new CarrierRefusal(
        'credentials',
        'Twilio does not accept these credentials. Copy the account SID and the auth token again.',
      );
    }
    if (error.status >= 500 || error.status === 429) {
      throw new CarrierRefusal('unreachable', `Twilio answered ${error.status}.`);
    }
    throw new CarrierRefusal('refused', `Twilio refused: ${twilioError(error.code).words}`);
  }
}
