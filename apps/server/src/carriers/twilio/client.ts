import twilio, { type Twilio } from 'twilio';
import type { CarrierAccount } from '../messaging-carrier.ts';

/** How long one request may take, in milliseconds. After it the outcome of a send is unknown. */
export const TWILIO_TIMEOUT_MS = 15_000;

// CommonJS: Node finds only the default export by name.
const { RequestClient } = twilio;

/** The official client's own HTTP client, but for its errors: those of the connection hold the request with its credential. */
class DiscreetRequestClient extends RequestClient {
  override async request<TData>(options: Parameters<typeof RequestClient.prototype.request<TData>>[0]) {
    try {
      return await super.request<TData>(options);
    } catch (error) {
      throw withoutRequest(error);
    }
  }
}

/** What went wrong with a connection, and nothing of what was said over it: errors end up in logs. */
function withoutRequest(error: unknown): Error {
  const { message = String(error), code } = error as { message?: string; code?: unknown };
  return Object.assign(new Error(message), typeof code === 'string' ? { code } : {});
}

/** The same with every request sent to another base URL: the emulator's. */
class RedirectingRequestClient extends DiscreetRequestClient {
  readonly #base: URL;

  constructor(base: string, options: ConstructorParameters<typeof RequestClient>[0]) {
    super(options);
    this.#base = new URL(base);
  }

  override request<TData>(options: Parameters<typeof RequestClient.prototype.request<TData>>[0]) {
    const url = new URL(options.uri);
    url.protocol = this.#base.protocol;
    url.host = this.#base.host;
    return super.request<TData>({ ...options, uri: url.toString() });
  }
}

/** Makes, and keeps, the official client of each account. A rotated token makes a new one. */
export function twilioClients(apiUrl: string | null): (account: CarrierAccount) => Twilio {
  const options = { timeout: TWILIO_TIMEOUT_MS, keepAlive: true, maxSockets: 50, autoRetry: false };
  const httpClient =
    apiUrl === null ? new DiscreetRequestClient(options) : new RedirectingRequestClient(apiUrl, options);
  const clients = new Map<string, { token: string; client: Twilio }>();
  return (account) => {
    const token = account.authTokens[0];
    if (token === undefined) throw new Error('The carrier account has no credential');
    const known = clients.get(account.id);
    if (known?.token === token) return known.client;
    const client = twilio(account.accountRef, token, { httpClient });
    clients.set(account.id, { token, client });
    return client;
  };
}
