export { type AuditRoutesDeps, auditRoutes } from './routes.ts';
