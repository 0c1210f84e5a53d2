export { renameContact } from './rename-contact.ts';
export { contactRoutes } from './routes.ts';
