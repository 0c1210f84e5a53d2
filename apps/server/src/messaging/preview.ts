import type { MediaItem } from '@patchline/contracts/media';
import { snippet } from '@patchline/domain/text';

/** What a list shows of a message: its words, or what came instead of words. */
export function preview(body: string, media: readonly MediaItem[]): string {
  if (body.trim() !== '' || media.length === 0) return snippet(body);
  const pictures = media.every(({ contentType }) => contentType.startsWith('image/'));
  if (media.length === 1) return pictures ? 'Picture' : 'File';
  return `${media.length} ${pictures ? 'pictures' : 'files'}`;
}
