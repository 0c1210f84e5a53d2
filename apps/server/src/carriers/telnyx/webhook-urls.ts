/** Where texts, and reports on what became of ours, come in. */
export const TELNYX_PATH = '/webhooks/telnyx/messages';

/** The address Telnyx reports to on one of our messages. */
export function telnyxReportUrl(publicUrl: string, messageId: string): string {
  return `${publicUrl}${TELNYX_PATH}?mid=${messageId}`;
}

/** Our message id in such an address, or null. */
export function messageIdIn(url: string): string | null {
  const query = url.indexOf('?');
  return query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get('mid');
}
