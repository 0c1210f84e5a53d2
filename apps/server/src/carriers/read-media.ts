import type { ReadMedia } from './messaging-carrier.ts';

/** Trying again cannot help: the address is not the carrier's, nothing is there any more, or it is too large. */
export class MediaRefused extends Error {}

/** Where a carrier's media may be, and what is sent along. */
export interface MediaSource {
  /** The API's own origin, which may be the emulator's. */
  apiOrigin: string;
  /** Domains of the carrier's own, where its media or its redirects may lead, over TLS only. */
  domains: readonly string[];
  /** For requests to `apiOrigin` alone: a storage has no business with our credential. */
  authorization: string | null;
}

const WITHIN_MS = 30_000;
const MOST_REDIRECTS = 5;

/**
 * Reads a file from a carrier. Addresses come from outside, signed but not by us: only the carrier's own places are asked,
 * so that no text can make us read what stands in our network.
 */
export async function readMedia(source: MediaSource, address: string, mostBytes: number): Promise<ReadMedia> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  let url = URL.parse(address);
  for (let redirects = 0; ; redirects++) {
    if (url === null || !isTheirs(source, url)) throw new MediaRefused('The address is not one of the carrier’s.');
    const own = url.origin === source.apiOrigin && source.authorization !== null;
    const answer = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: own ? { authorization: source.authorization ?? '' } : {},
    });
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel();
      if (redirects === MOST_REDIRECTS) throw new MediaRefused('The carrier sent us from one address to the next.');
      url = URL.parse(answer.headers.get('location') ?? '', url);
      continue;
    }
    if (answer.status === 200) return { bytes: await readBody(answer, mostBytes), contentType: typeOf(answer) };
    await answer.body?.cancel();
    if (isFinal(answer.status)) throw new MediaRefused(`The carrier answered ${answer.status}.`);
    throw new Error(`The carrier answered ${answer.status}`);
  }
}

function isTheirs({ apiOrigin, domains }: MediaSource, url: URL): boolean {
  if (url.origin === apiOrigin) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  const own = domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  return own || STORAGE.test(url.hostname);
}

/** Both carriers redirect to Amazon's storage: its own host names, not those of machines there, which may be inside our network. */
const STORAGE = /^([a-z0-9.-]+\.)?s3([.-][a-z0-9-]+)*\.amazonaws\.com$/;

/** A 404 may be a file that is a moment late; after hours of tries it counts all the same. */
function isFinal(status: number): boolean {
  return status === 400 || status === 410;
}

function typeOf(answer: Response): string {
  return (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

async function readBody(answer: Response, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new MediaRefused(`It has more than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) throw new MediaRefused('It is empty.');
  return Buffer.concat(chunks);
}
