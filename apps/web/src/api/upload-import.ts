import { NoAnswerError, toApiError } from './errors.ts';
import type { ImportDetail } from './types-contacts.ts';

/**
 * Sends a file with contacts, and tells from 0 to 1 how much of it has gone. XMLHttpRequest, because fetch does not tell.
 * Throws like every call; an abort is a DOMException named AbortError.
 */
export function uploadImport(
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<ImportDetail> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = new URLSearchParams({ name: file.name.slice(0, 200) });
    request.open('POST', `/api/v1/contact-imports?${name}`);
    request.setRequestHeader('content-type', 'text/csv');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as ImportDetail);
      else reject(toApiError(request.status, body));
    });
    request.addEventListener('error', () => reject(new NoAnswerError('The upload got no answer')));
    request.addEventListener('abort', () => reject(new DOMException('The upload was stopped', 'AbortError')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say: toApiError words it by the status alone.
    return null;
  }
}
