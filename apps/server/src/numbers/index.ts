export { addTelnyxNumbers, addTwilioNumbers } from './own-numbers.ts';
export { numberProbe } from './probe.ts';
export { type NumberRoutesDeps, numberRoutes } from './routes.ts';
