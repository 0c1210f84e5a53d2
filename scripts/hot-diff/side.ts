import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { ConvexError } from 'convex/values';
import { type Call, type Caller, LAST_TOKEN } from './history.ts';
import type { Signer } from './keys.ts';

/** One of the two that are compared, spoken to by the official clients. */
export class Side {
  readonly url: string;
  private readonly clients = new Map<Caller, ConvexHttpClient>();
  private readonly tokens: { [caller in Caller]?: string } = {};
  /** The newest lock token of each thread, and the place of each in the order of appearance. */
  private readonly lastToken = new Map<unknown, number>();
  private readonly tokenOrder = new Map<number, number>();
  private live: ConvexClient | null = null;
  private readonly views = new Map<string, unknown>();

  private constructor(url: string) {
    this.url = url;
  }

  static async open(url: string, signer: Signer, tenant: string): Promise<Side> {
    const side = new Side(url);
    const person = (name: string, of: string) => signer.sign(name, { tenant: of, role: 'agent', sid: 's', name });
    side.tokens.ana = await person('ana', tenant);
    side.tokens.bo = await person('bo', tenant);
    side.tokens.cy = await person('cy', `${tenant}-other`);
    side.tokens.server = await signer.sign('service', { role: 'service' });
    return side;
  }

  /** Makes a call. The outcome has nothing in it that may differ between two that do the same. */
  async call({ caller, kind, path, args }: Call): Promise<unknown> {
    const client = this.client(caller);
    const given = args.token === LAST_TOKEN ? { ...args, token: this.lastToken.get(args.threadId) ?? 0 } : args;
    try {
      const result: unknown =
        kind === 'query'
          ? await client.query(makeFunctionReference<'query'>(path), given)
          : await client.mutation(makeFunctionReference<'mutation'>(path), given);
      const token = (result as { token?: unknown } | null)?.token;
      if (typeof token === 'number' && args.threadId !== undefined) this.lastToken.set(args.threadId, token);
      return { result: this.comparable(result) };
    } catch (error) {
      if (error instanceof ConvexError) return { refused: this.comparable(error.data) };
      // Texts of other errors are for logs only, and differ.
      if (error instanceof Error && /Server Error|ArgumentValidationError|Could not find/.test(error.message)) {
        return { failed: true };
      }
      throw error;
    }
  }

  private client(caller: Caller): ConvexHttpClient {
    let client = this.clients.get(caller);
    if (!client) {
      client = new ConvexHttpClient(this.url, { skipConvexDeploymentUrlCheck: true, logger: false });
      const token = this.tokens[caller];
      if (token !== undefined) client.setAuth(token);
      this.clients.set(caller, client);
    }
    return client;
  }

  /** Times become their presence, tokens their order of appearance; lists of locks are ordered by thread. */
  private comparable(value: unknown, key = ''): unknown {
    if (typeof value === 'number') {
      if (key === 'expiresAt') return 'a time';
      if (key !== 'token' || value === 0) return value;
      const place = this.tokenOrder.get(value) ?? this.tokenOrder.size + 1;
      this.tokenOrder.set(value, place);
      return `token ${place}`;
    }
    if (Array.isArray(value)) {
      const items = key === 'locks' ? [...value].sort((a, b) => (a.threadId < b.threadId ? -1 : 1)) : value;
      return items.map((item) => this.comparable(item));
    }
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, item]) => [name, this.comparable(item, name)]));
  }

  /** Opens live queries of one person. */
  watch(queries: readonly { path: string; args: Record<string, unknown> }[]): void {
    this.live = new ConvexClient(this.url, { skipConvexDeploymentUrlCheck: true, logger: false });
    this.live.setAuth(async () => this.tokens.ana ?? null);
    for (const { path, args } of queries) {
      this.live.onUpdate(makeFunctionReference<'query'>(path), args, (result: unknown) => {
        this.views.set(`${path} ${JSON.stringify(args)}`, result);
      });
    }
  }

  /** What the live query shows now. */
  shown(path: string, args: Record<string, unknown>): unknown {
    const view = this.views.get(`${path} ${JSON.stringify(args)}`);
    return view === undefined ? undefined : { result: this.comparable(view) };
  }

  async close(): Promise<void> {
    await this.live?.close();
  }
}
