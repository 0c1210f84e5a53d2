/** A picture or another file that travels with a message. */
export interface MediaItem {
  id: string;
  contentType: string;
  bytes: number | null;
  name: string | null;
  /** `pending`: it is being fetched from the carrier; `failed`: it could not be fetched. */
  status: 'pending' | 'stored' | 'failed';
}
