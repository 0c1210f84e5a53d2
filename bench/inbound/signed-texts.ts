import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** Where signed texts are posted, and as whom. */
export interface Target {
  url: string;
  number: string;
  accountSid: string;
  authToken: string;
}

/** Senders take turns, so that each text of a moment is in a thread of its own. */
const SENDERS = 2_000;

/** Posts one text as Twilio does, signed; resolves when it was acknowledged. */
export function createTexter(target: Target, sockets: number): { text(n: number): Promise<void>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, timeout: 3_000 });
  const url = new URL(target.url);
  const run = randomBytes(4).toString('hex');
  return {
    text(n) {
      const params = {
        AccountSid: target.accountSid,
        ApiVersion: '2010-04-01',
        Body: `Text ${n}: could the crew come an hour earlier on Thursday? Thanks!`,
        From: `+1303556${String(n % SENDERS).padStart(4, '0')}`,
        MessageSid: `SM${run}${n.toString(16).padStart(24, '0')}`,
        NumMedia: '0',
        NumSegments: '1',
        SmsStatus: 'received',
        To: target.number,
      };
      const body = new URLSearchParams(params).toString();
      return new Promise((resolve, reject) => {
        const sent = request(
          url,
          {
            agent,
            method: 'POST',
            headers: {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(body),
              'x-twilio-signature': getExpectedTwilioSignature(target.authToken, target.url, params),
            },
          },
          (answer) => {
            answer.resume();
            answer.on('end', () =>
              answer.statusCode === 200 || answer.statusCode === 204
                ? resolve()
                : reject(new Error(`A text was answered ${answer.statusCode}`)),
            );
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

/** As fast as `parallel` senders can, for `seconds`; returns acknowledged texts per second. */
export async function flood(
  text: (n: number) => Promise<void>,
  options: { parallel: number; seconds: number; first: number },
): Promise<number> {
  const until = performance.now() + options.seconds * 1000;
  let n = options.first;
  let acknowledged = 0;
  await Promise.all(
    Array.from({ length: options.parallel }, async () => {
      while (performance.now() < until) {
        await text(n++);
        acknowledged++;
      }
    }),
  );
  return acknowledged / options.seconds;
}

/** At a steady rate, whatever the answers take, for `seconds`. Resolves when all were acknowledged. */
export async function trickle(
  text: (n: number) => Promise<void>,
  options: { perSecond: number; seconds: number; first: number },
): Promise<number> {
  const began = performance.now();
  const total = Math.floor(options.perSecond * options.seconds);
  const open: Promise<void>[] = [];
  for (let i = 0; i < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * options.perSecond) + 1);
    for (; i < due; i++) open.push(text(options.first + i));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(open);
  return total;
}
