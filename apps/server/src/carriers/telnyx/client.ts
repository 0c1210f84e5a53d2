import Telnyx from 'telnyx';
import type { CarrierAccount } from '../messaging-carrier.ts';

/** How long one request may take, in milliseconds. After it the outcome of a send is unknown. */
const TELNYX_TIMEOUT_MS = 15_000;

/** Makes, and keeps, the official client of each account. A rotated key makes a new one. `apiUrl`: without /v2. */
export function telnyxClients(apiUrl: string | null): (account: CarrierAccount) => Telnyx {
  const clients = new Map<string, { apiKey: string; client: Telnyx }>();
  return (account) => {
    const apiKey = account.authTokens[0];
    if (apiKey === undefined) throw new Error('The carrier account has no credential');
    const known = clients.get(account.id);
    if (known?.apiKey === apiKey) return known.client;
    const client = new Telnyx({
      apiKey,
      baseURL: `${apiUrl ?? 'https://api.telnyx.com'}/v2`,
      timeout: TELNYX_TIMEOUT_MS,
      // By itself it repeats what timed out or was answered 5xx, and Telnyx would send the text twice.
      maxRetries: 0,
      // Nothing from the environment: the credential is the account's, and what is logged holds none.
      publicKey: null,
      clientID: null,
      clientSecret: null,
      logLevel: 'off',
    });
    clients.set(account.id, { apiKey, client });
    return client;
  };
}
