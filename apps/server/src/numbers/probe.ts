import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type NumberDirectory, TWILIO_PROBE_PATH, twilioWebhookDoor } from '../carriers/index.ts';

export interface ProbeDeps {
  directory: NumberDirectory;
  publicUrl: string;
  log: Logger;
}

/** Where our own self-test comes in, through the door that verifies webhooks. It stores nothing. */
export function numberProbe(app: FastifyInstance, deps: ProbeDeps): void {
  twilioWebhookDoor(app, deps, [
    { path: TWILIO_PROBE_PATH, ourNumber: 'To', answer: 'none', handle: async () => undefined },
  ]);
}
