import { fileURLToPath } from 'node:url';
import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import type { Role } from '@patchline/contracts/roles';
import { HOT_TIER_AUDIENCE } from '@patchline/contracts/token-claims';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { ConvexError } from 'convex/values';
import { startServer } from 'convex-embedded';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** The hot tier as it runs, on the embedded runtime and a free port, spoken to by the official clients. */

const ISSUER = 'https://patchline.test';

export interface Who {
  tenant: string;
  user: string;
  role?: Role;
  teams?: string[];
}

interface TokenChoices {
  issuer?: string;
  audience?: string;
  /** Seconds from now. */
  expiresIn?: number;
  key?: CryptoKey;
}

export interface HotTier {
  url: string;
  /** The official HTTP client with a person's token. */
  as(who: Who): Promise<ConvexHttpClient>;
  server(): Promise<ConvexHttpClient>;
  /** The official HTTP client with whatever token is given, or none. */
  with(token: string | null): ConvexHttpClient;
  /** The official WebSocket client with a person's token. */
  live(who: Who): Promise<ConvexClient>;
  personToken(who: Who, choices?: TokenChoices): Promise<string>;
  serviceToken(choices?: TokenChoices): Promise<string>;
  /** Errors that clients are not told the text of. */
  logged: string[];
  close(): Promise<void>;
}

export async function startHotTier(): Promise<HotTier> {
  const keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'test-key', alg: 'ES256', use: 'sig' };
  const jwks = `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}`;
  const logged: string[] = [];
  const running = await startServer({
    dir: fileURLToPath(new URL('.', import.meta.url)),
    dataDir: null,
    host: '127.0.0.1',
    port: 0,
    logger: (level, _message, fields) => {
      if (level === 'error') logged.push(JSON.stringify(fields));
    },
    env: { PATCHLINE_ISSUER: ISSUER, PATCHLINE_JWKS: jwks },
  });
  const clients: ConvexClient[] = [];

  const sign = (claims: Record<string, string | string[]>, subject: string, choices: TokenChoices = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'test-key', typ: 'JWT' })
      .setSubject(subject)
      .setIssuer(choices.issuer ?? ISSUER)
      .setAudience(choices.audience ?? HOT_TIER_AUDIENCE)
      .setIssuedAt(now - 60)
      .setExpirationTime(now + (choices.expiresIn ?? 300))
      .sign(choices.key ?? keys.privateKey);
  };
  const personToken = ({ tenant, user, role = 'agent', teams = [] }: Who, choices?: TokenChoices) =>
    sign({ tenant, role, sid: `session of ${user}`, name: nameOf(user), teams }, user, choices);
  const serviceToken = (choices?: TokenChoices) => sign({ role: 'service' }, 'service', choices);
  const withToken = (token: string | null) => {
    const client = new ConvexHttpClient(running.url, { skipConvexDeploymentUrlCheck: true, logger: false });
    if (token !== null) client.setAuth(token);
    return client;
  };

  return {
    url: running.url,
    personToken,
    serviceToken,
    logged,
    with: withToken,
    as: async (who) => withToken(await personToken(who)),
    server: async () => withToken(await serviceToken()),
    live: async (who) => {
      const client = new ConvexClient(running.url, { skipConvexDeploymentUrlCheck: true, logger: false });
      client.setAuth(() => personToken(who));
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) await client.close();
      await running.close();
    },
  };
}

export const nameOf = (user: string) => `${user.charAt(0).toUpperCase()}${user.slice(1)} Example`;

/** A thread as PostgreSQL would tell it. */
export function threadRow(tenantId: string, threadId: string, change: Partial<HotThread> = {}): HotThread {
  return {
    tenantId,
    threadId,
    conversationId: `conversation of ${threadId}`,
    version: 1,
    fence: 0,
    lastSeq: 0,
    contact: { id: `contact of ${threadId}`, name: null, address: '+13035550142' },
    number: '+13035550100',
    teamId: null,
    channel: 'sms',
    lastMessage: null,
    unread: 0,
    status: 'open',
    smsOff: false,
    updatedAt: Date.now(),
    ...change,
  };
}

/** A message as PostgreSQL would tell it. */
export function messageRow(
  tenantId: string,
  threadId: string,
  seq: number,
  change: Partial<HotMessage> = {},
): HotMessage {
  return {
    tenantId,
    threadId,
    messageId: `${threadId}/${seq}`,
    seq,
    version: 1,
    direction: 'inbound',
    body: `text ${seq}`,
    status: 'received',
    at: Date.now(),
    author: null,
    error: null,
    decision: null,
    ...change,
  };
}

/** The code with which a call was refused; null when it was not. What is not a refusal is thrown. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: string; [detail: string]: unknown } | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ConvexError) return error.data as { code: string };
    throw error;
  }
}
