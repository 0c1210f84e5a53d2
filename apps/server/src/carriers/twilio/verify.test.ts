import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseForm, signedByTwilio } from './verify.ts';

const FILE = path.resolve(import.meta.dirname, '../../../../../../shared/vectors/twilio_webhook_forms.json');

interface Sample {
  url: string;
  authToken: string;
  body: string;
  signature: string;
}

test.runIf(existsSync(FILE))('the sample forms verify as they came, and not with one byte changed', () => {
  const { samples } = JSON.parse(readFileSync(FILE, 'utf8')) as { samples: Record<string, Sample> };
  expect(Object.keys(samples).length).toBeGreaterThan(0);
  for (const [name, { url, authToken, body, signature }] of Object.entries(samples)) {
    const verify = (form: string) => signedByTwilio([authToken], signature, url, parseForm(Buffer.from(form)));
    expect([name, verify(body), verify(`${body}x`)]).toEqual([name, true, false]);
  }
});
if (!existsSync(FILE)) console.log('The sample forms are not there; their test was left out.');
