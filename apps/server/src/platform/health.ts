import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Metrics } from './metrics.ts';

export type PartState = 'ok' | 'down';

export interface Readiness {
  status: 'ready' | 'not_ready';
  parts: { database: PartState; hotTier: PartState; jobs: PartState };
}

export interface HealthDeps {
  /** Resolves when the database answers. */
  pingDatabase(): Promise<unknown>;
  /** Where this machine reaches the hot tier. */
  convexUrl: string;
  jobsServing(): boolean;
}

const PROBE_MS = 2_000;

/** A load balancer with many eyes costs one probe a second. */
const FRESH_MS = 1_000;

export function createReadiness({ pingDatabase, convexUrl, jobsServing }: HealthDeps): () => Promise<Readiness> {
  const probe = async (): Promise<Readiness> => {
    const [database, hotTier] = await Promise.all([stateOf(pingDatabase()), stateOf(askHotTier(convexUrl))]);
    const parts = { database, hotTier, jobs: jobsServing() ? ('ok' as const) : ('down' as const) };
    return { status: Object.values(parts).every((part) => part === 'ok') ? 'ready' : 'not_ready', parts };
  };
  let last: { at: number; answer: Promise<Readiness> } | null = null;
  return () => {
    if (last === null || performance.now() - last.at > FRESH_MS) last = { at: performance.now(), answer: probe() };
    return last.answer;
  };
}

/** The three routes for whoever watches over this process. They tell nothing about people. */
export const healthRoutes =
  (readiness: () => Promise<Readiness>, metrics: Metrics): FastifyPluginAsyncZod =>
  async (app) => {
    const open = { config: { access: 'public' as const }, schema: { hide: true } };
    app.get('/healthz', open, async () => ({ status: 'ok' }));
    app.get('/readyz', open, async (_request, reply) => {
      const answer = await readiness();
      return reply.code(answer.status === 'ready' ? 200 : 503).send(answer);
    });
    app.get('/metrics', open, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };

async function askHotTier(convexUrl: string): Promise<void> {
  const response = await fetch(`${convexUrl}/version`, { signal: AbortSignal.timeout(PROBE_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The hot tier answers ${response.status}`);
}

/** Any failure, and any answer that takes longer than a probe may, is `down`. */
async function stateOf(work: Promise<unknown>): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartState>((resolve) => {
    timer = setTimeout(() => resolve('down'), PROBE_MS);
  });
  const state = work.then(
    () => 'ok' as const,
    () => 'down' as const,
  );
  const first = await Promise.race([state, late]);
  clearTimeout(timer);
  return first;
}
