export { createMediaLinks, type MediaLinks } from './media-links.ts';
export {
  type Fetched,
  findMedia,
  findStored,
  insertAnnounced,
  insertUpload,
  type MediaRecord,
  settleMedia,
} from './media-records.ts';
export { type MediaRoutesDeps, MOST_MEDIA_BYTES, mediaRoutes, publicMedia } from './media-routes.ts';
export { createMediaStore, type MediaStore } from './media-store.ts';
export { mediaTypeOf } from './media-type.ts';
