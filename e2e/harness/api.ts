import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import type { Demo } from './product.ts';

export interface ApiMessage {
  id: string;
  seq: number;
  direction: 'inbound' | 'outbound';
  body: string;
  status: string;
  carrierMessageId: string | null;
}

/** The product's HTTP API with the demo's key, and its hot tier as an agent sees it. */
export interface Api {
  get<Answer>(path: string): Promise<Answer>;
  /** From the tenant's usual number unless one is given. */
  send(to: string, body: string, key: string, from?: string): Promise<{ status: number; id: string | null }>;
  /** Every conversation, whatever its state. */
  conversations(): Promise<Array<{ id: string; threadId: string; contact: { address: string } }>>;
  /** All messages of a conversation's thread, oldest first. */
  messages(conversationId: string): Promise<ApiMessage[]>;
  /** What the hot tier shows of a thread. */
  hotMessages(threadId: string): Promise<Array<{ messageId: string; seq: number; body: string; status: string }>>;
}

export async function apiOf(demo: Demo): Promise<Api> {
  const authorization = `Bearer ${demo.apiKey}`;
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(`${demo.url}/api/v1${path}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  return {
    get,
    async send(to, body, key, from) {
      const answer = await fetch(`${demo.url}/api/v1/messages`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ to, body, from }),
      });
      const { id } = (await answer.json()) as { id?: string };
      return { status: answer.status, id: id ?? null };
    },
    async conversations() {
      const all = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: {
          items: Array<{ id: string; threadId: string; contact: { address: string } }>;
          nextCursor: string | null;
        } = await get(`/conversations?status=all&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
        all.push(...page.items);
        cursor = page.nextCursor;
      }
      return all;
    },
    async messages(conversationId) {
      const all: ApiMessage[] = [];
      let before = '';
      for (;;) {
        const page = await get<{ items: ApiMessage[]; nextCursor: number | null }>(
          `/conversations/${conversationId}/messages?limit=200${before}`,
        );
        all.push(...page.items);
        if (page.nextCursor === null) return all.reverse();
        before = `&before=${page.nextCursor}`;
      }
    },
    async hotMessages(threadId) {
      const client = new ConvexHttpClient(demo.hotUrl, { logger: false, skipConvexDeploymentUrlCheck: true });
      client.setAuth(await hotTokenOf(demo));
      const { messages } = await client.query(makeFunctionReference<'query'>('smsMessages:forThread'), { threadId });
      return messages;
    },
  };
}

const tokens = new WeakMap<Demo, Promise<string>>();

/** A hot-tier token of a demo agent, by signing in as a browser does. */
function hotTokenOf(demo: Demo): Promise<string> {
  let token = tokens.get(demo);
  if (token === undefined) {
    token = signInForToken(demo);
    tokens.set(demo, token);
  }
  return token;
}

export async function signInForToken(demo: Demo, role = 'agent'): Promise<string> {
  const user = demo.users.find((candidate) => candidate.role === role);
  const origin = { origin: demo.url, 'content-type': 'application/json' };
  const signedIn = await fetch(`${demo.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: origin,
    body: JSON.stringify({ email: user?.email, password: user?.password }),
  });
  if (!signedIn.ok) throw new Error(`Sign-in: ${signedIn.status} ${await signedIn.text()}`);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const answer = await fetch(`${demo.url}/api/v1/hot-token`, { method: 'POST', headers: { ...origin, cookie } });
  if (!answer.ok) throw new Error(`Hot token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}
