import { fileTypeFromBuffer } from 'file-type';

/** What carriers deliver with a text (Twilio's and Telnyx's lists), by what the bytes say of themselves. */
const CARRIED = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heif',
  'image/bmp',
  'image/tiff',
  'video/mp4',
  'video/3gpp',
  'video/3gpp2',
  'video/quicktime',
  'video/webm',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/ogg',
  'audio/amr',
  'audio/wav',
  'audio/aac',
  'application/pdf',
  'text/vcard',
  'text/calendar',
]);

/** Texts have no mark in their first bytes: these are taken at their sender's word if they are text at all. */
const TEXTS = new Set(['text/vcard', 'text/x-vcard', 'text/calendar', 'text/plain']);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The content type of bytes, whatever they were said to be; null when no carrier takes such a file. */
export async function mediaTypeOf(bytes: Buffer, declared: string): Promise<string | null> {
  const found = await fileTypeFromBuffer(bytes);
  if (found !== undefined) return CARRIED.has(found.mime) ? found.mime : null;
  const said = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  return TEXTS.has(said) && isText(bytes) ? said : null;
}

function isText(bytes: Buffer): boolean {
  try {
    return !utf8.decode(bytes).includes('\0');
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
