export { type Logger, StartError } from './errors.ts';
export type { Metrics } from './metrics.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
