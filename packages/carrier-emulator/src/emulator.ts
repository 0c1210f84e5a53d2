import Fastify, { type FastifyInstance } from 'fastify';
import { MovableClock } from './clock.ts';
import type { Context, Timing } from './context.ts';
import { controlRoutes } from './control/routes.ts';
import { Emulation } from './emulation.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import { pageRoutes } from './page/routes.ts';
import { pictureRoutes } from './picture-routes.ts';
import { RateLimit } from './rate-limit.ts';
import { RequestLog } from './request-log.ts';
import { Scheduler } from './scheduler.ts';
import { SenderQueues } from './sender-queues.ts';
import { Accounts } from './store/accounts.ts';
import { Database } from './store/database.ts';
import { Deliveries } from './store/deliveries.ts';
import { Handsets } from './store/handsets.ts';
import { Messages } from './store/messages.ts';
import { Pictures } from './store/pictures.ts';
import { Resources } from './store/resources.ts';
import { telnyxRoutes } from './telnyx/routes.ts';
import { twilioMessagingRoutes, twilioRoutes } from './twilio/routes.ts';

export interface EmulatorOptions {
  /** Address to listen on; 127.0.0.1 unless told otherwise: the control API has no sign-in. */
  host?: string;
  /** 0, the default, takes a free port. */
  port?: number;
  /** Folder for the store. Without one everything is forgotten at the end. */
  dataDir?: string;
  /** Address apps reach the emulator by, when it is not http://host:port. Media URLs begin with it. */
  publicUrl?: string;
  /** Seed of everything that varies. Default 1. */
  seed?: number;
  /** Time to go by; tests pass a clock that they move. */
  clock?: MovableClock;
  /** Steps and time-outs, in milliseconds. */
  timing?: Partial<Timing>;
}

export interface Emulator {
  /** http://host:port */
  url: string;
  port: number;
  clock: MovableClock;
  /** Stops everything; what is unfinished goes on when the folder is opened again. */
  close(): Promise<void>;
}

const TIMING: Timing = { stepMs: 80, retryMs: 250, connectMs: 5000, readMs: 15_000, totalMs: 15_000, telnyxMs: 2000 };

/**
 * Starts an emulator.
 * @throws when the port is taken, or another emulator has the folder.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const db = new Database(options.dataDir);
  const clock = options.clock ?? new MovableClock();
  const events = new Events();
  const scheduler = new Scheduler(clock);
  let url = '';
  const context: Context = {
    db,
    accounts: new Accounts(db),
    handsets: new Handsets(db),
    messages: new Messages(db),
    deliveries: new Deliveries(db),
    pictures: new Pictures(db),
    applications: new Resources(db, 'application'),
    profiles: new Resources(db, 'messaging-profile'),
    autoresponses: new Resources(db, 'autoresponse'),
    orders: new Resources(db, 'number-order'),
    queues: new SenderQueues(),
    rateLimit: new RateLimit(),
    faults: new Faults(db),
    clock,
    scheduler,
    events,
    log: new RequestLog(events),
    timing: { ...TIMING, ...options.timing },
    seed: options.seed ?? 1,
    url: () => options.publicUrl?.replace(/\/+$/, '') ?? url,
  };
  const emulation = new Emulation(context);
  const app = buildServer(context, emulation);
  try {
    await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  } catch (error) {
    scheduler.stop();
    await app.close();
    db.close();
    throw error;
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const host = options.host ?? '127.0.0.1';
  url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  emulation.resume();

  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    clock,
    close: () => {
      closing ??= (async () => {
        scheduler.stop();
        emulation.close();
        // Sends that faults leave without an answer would keep the server open for ever.
        app.server.closeAllConnections();
        await app.close();
        db.close();
      })();
      return closing;
    },
  };
}

function buildServer(context: Context, emulation: Emulation): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    // Longer than any client waits: a send without an answer must hang, not fail.
    keepAliveTimeout: 120_000,
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 500 },
  });
  app.register(twilioRoutes(context, emulation.delivery), { prefix: '/2010-04-01' });
  app.register(twilioMessagingRoutes(context), { prefix: '/v1' });
  app.register(telnyxRoutes(context, emulation.delivery), { prefix: '/v2' });
  app.register(controlRoutes(context, emulation), { prefix: '/emulator/api' });
  app.register(pictureRoutes(context), { prefix: '/emulator/media' });
  app.register(pageRoutes(context));
  return app;
}
