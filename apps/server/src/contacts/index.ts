export { type ContactDeps, changeContact } from './change-contact.ts';
export { type ContactField, listFields, problemOfValue } from './contact-fields.ts';
export { normalAddress, normalTags, type StoredAddress } from './contact-input.ts';
export { lockThreadsOf, picturesOf } from './contact-threads.ts';
export type { FoundContact } from './found-contact.ts';
export { type ContactRoutesDeps, contactRoutes } from './routes.ts';
export { type ContactFilter, searchContacts } from './search-contacts.ts';
