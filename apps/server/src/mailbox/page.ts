import type { Letter } from './letters.ts';

/** No script, no picture, nothing from elsewhere: whatever a letter holds is shown as the text it is. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export function listPage(letters: readonly Letter[]): string {
  const items = letters.map(
    (letter) => `<li><a href="/letters/${letter.id}"><strong>${escaped(letter.subject || '(no subject)')}</strong></a>
<div>to ${escaped(letter.to)} · <time>${escaped(letter.at)}</time></div></li>`,
  );
  return page(
    'Mail',
    `<h1>Mail</h1>
<p>What Patchline sent by e-mail while no mail server is set. Nothing here has left this machine. <a href="/">Look again</a></p>
${items.length === 0 ? '<p>No letters yet.</p>' : `<ul>${items.join('\n')}</ul>`}`,
  );
}

export function letterPage(letter: Letter): string {
  return page(
    letter.subject,
    `<p><a href="/">All mail</a></p>
<h1>${escaped(letter.subject || '(no subject)')}</h1>
<dl><dt>From</dt><dd>${escaped(letter.from)}</dd><dt>To</dt><dd>${escaped(letter.to)}</dd><dt>Sent</dt><dd>${escaped(letter.at)}</dd></dl>
<pre>${withLinks(letter.text)}</pre>`,
  );
}

export const missingPage = () => page('Not here', '<h1>There is no such letter</h1><p><a href="/">All mail</a></p>');

/** Addresses of the web become links; everything is escaped first, so that a link can hold nothing but an address. */
function withLinks(text: string): string {
  return escaped(text).replace(
    /https?:\/\/(?:[\w\-.~:/?#[\]@!$()*+,;=%]|&amp;)+/g,
    (address) => `<a href="${address}" rel="noreferrer noopener">${address}</a>`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll('&#38;', '&amp;');
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}li{margin:.8rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;border-top:1px solid;padding-top:1rem}
dl{display:grid;grid-template-columns:5rem 1fr}dd{margin:0;overflow-wrap:anywhere}</style></head><body><main>
${body}
</main></body></html>`;
}
