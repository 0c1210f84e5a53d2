import { answer } from './client.ts';
import type { MediaItem } from './types.ts';

/** Where the bytes of a stored picture or file are. */
export function mediaUrl(id: string): string {
  return `/api/v1/media/${id}`;
}

/** Stores a file for a text that is being written. Throws like every call: ApiError for a refusal, NoAnswerError for none. */
export function uploadMedia(file: File, signal: AbortSignal): Promise<Omit<MediaItem, 'status'>> {
  const name = new URLSearchParams({ name: file.name.slice(0, 200) });
  const request = fetch(`/api/v1/media?${name}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': file.type || 'application/octet-stream' },
    body: file,
    signal,
  });
  return answer(
    request.then(async (response) => {
      const body: unknown = await response.json().catch(() => null);
      return response.ok ? { data: body as Omit<MediaItem, 'status'>, response } : { error: body, response };
    }),
  );
}
