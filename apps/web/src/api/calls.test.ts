import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Conversation, Me, Message, OwnNumber, Sent } from './types.ts';
import type { Contact } from './types-contacts.ts';

/** The desk's hand-written types against the document that is made from the server's routes. */

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Operation {
  parameters?: Array<{ in: string; name: string }>;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const root = path.resolve(import.meta.dirname, '../../../..');
const document = JSON.parse(readFileSync(path.join(root, 'docs/api/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};

function answerOf(method: string, route: string, status = '200'): Schema {
  const schema = document.paths[`/api/v1${route}`]?.[method]?.responses[status]?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`The API document has no ${status} answer of ${method} ${route}`);
  return schema;
}

const has = (schema: Schema | undefined, keys: Record<string, true>) =>
  expect(Object.keys(schema?.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(keys)));

describe('the desk and the API speak of the same things', () => {
  it('every call of the desk is a route of the API', () => {
    const source = ['calls.ts', 'calls-contacts.ts', 'calls-people.ts']
      .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    const calls = [...source.matchAll(/client\.([A-Z]+)\('([^']+)'/g)];
    expect(calls.length).toBeGreaterThan(15);
    for (const [, method = '', route = ''] of calls) {
      expect(Object.keys(document.paths[`/api/v1${route}`] ?? {}), `${method} ${route}`).toContain(
        method.toLowerCase(),
      );
    }
  });

  it('every field that the desk reads is one that the API answers', () => {
    const me: Record<keyof Me, true> = {
      user: true,
      tenant: true,
      role: true,
      tenants: true,
      permissions: true,
      installationOwner: true,
      branding: true,
      twoFactor: true,
      hotUrl: true,
      demo: true,
      handsetUrl: true,
    };
    has(answerOf('get', '/me'), me);
    const conversation: Record<keyof Conversation, true> = {
      id: true,
      threadId: true,
      contact: true,
      number: true,
      channel: true,
      lastMessage: true,
      unread: true,
      status: true,
      smsOff: true,
      version: true,
    };
    has(answerOf('get', '/conversations').properties?.items?.items, conversation);
    has(answerOf('get', '/conversations/{id}'), { ...conversation, fence: true, lastSeq: true });
    const message: Record<keyof Message, true> = {
      id: true,
      seq: true,
      version: true,
      direction: true,
      body: true,
      status: true,
      carrierMessageId: true,
      at: true,
      author: true,
      error: true,
      decision: true,
      media: true,
    };
    has(answerOf('get', '/conversations/{id}/messages').properties?.items?.items, message);
    has(answerOf('get', '/messages/{id}'), { ...message, conversationId: true, threadId: true });
    const sent: Record<keyof Sent, true> = { id: true, status: true, decision: true };
    has(answerOf('post', '/messages', '201'), sent);
    const contact: Record<keyof Contact, true> = {
      id: true,
      name: true,
      type: true,
      company: true,
      owner: true,
      tags: true,
      custom: true,
      notes: true,
      createdAt: true,
      deletedAt: true,
      mergedInto: true,
      addresses: true,
      events: true,
    };
    has(answerOf('get', '/contacts/{id}'), contact);
    const number: Record<keyof OwnNumber, true> = { id: true, e164: true, name: true, carrier: true, isDefault: true };
    has(answerOf('get', '/numbers').properties?.items?.items, number);
    has(answerOf('post', '/threads/{threadId}/lock/take-over'), { token: true, expiresAt: true });
  });

  it('every filter that the desk asks with is one that the API knows', () => {
    const names = (route: string) => document.paths[`/api/v1${route}`]?.get?.parameters?.map((each) => each.name);
    expect(names('/conversations')).toEqual(expect.arrayContaining(['status', 'q', 'cursor', 'limit']));
    expect(names('/conversations/{id}/messages')).toEqual(expect.arrayContaining(['before', 'after', 'limit']));
  });
});
