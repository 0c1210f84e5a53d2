const BASE = '/emulator/api';

/**
 * Asks the emulator. Rejects with the emulator's own words when it refuses.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function api(method, path, body) {
  const response = await fetch(BASE + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `The emulator answered ${response.status}.`);
  return answer;
}

/** @param {string} e164 */
export function handsetPath(e164) {
  return `/handsets/${encodeURIComponent(e164)}`;
}
