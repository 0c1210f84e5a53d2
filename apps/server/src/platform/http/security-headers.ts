import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * The desk may load only what this server serves, and talk only to it and to the hot tier. Styles are the exception:
 * Mantine writes style elements at run time. Scripts have no exception.
 */
export async function setSecurityHeaders(
  app: FastifyInstance,
  { publicUrl, hotPublicUrl }: { publicUrl: string; hotPublicUrl: string },
): Promise<void> {
  const hot = new URL(hotPublicUrl);
  const secure = publicUrl.startsWith('https:');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'", hot.origin, hot.origin.replace(/^http/, 'ws')],
        fontSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        workerSrc: ["'self'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Browsers ignore it, with a warning, on addresses that are neither https nor loopback.
    crossOriginOpenerPolicy: secure ? { policy: 'same-origin' } : false,
    originAgentCluster: secure,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
}
