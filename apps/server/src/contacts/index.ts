export { changeContact } from './change-contact.ts';
export { type ContactRoutesDeps, contactRoutes } from './routes.ts';
