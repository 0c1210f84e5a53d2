import { answer, client } from './client.ts';
import type { CarrierCredentials, NewCredential, NumberChange, SendInput, SetupInput, StatusFilter } from './types.ts';

/** Every HTTP call of the desk, one line each, so that a route's address is written once. */

const PAGE = 50;

export const api = {
  me: () => answer(client.GET('/me')),
  hotToken: () => answer(client.POST('/hot-token')),
  setupNeeded: () => answer(client.GET('/setup')),
  setUp: (body: SetupInput) => answer(client.POST('/setup', { body })),
  numbers: () => answer(client.GET('/numbers')),

  conversations: (
    query: { status?: StatusFilter; q?: string; cursor?: string; limit?: number },
    signal?: AbortSignal,
  ) => answer(client.GET('/conversations', { params: { query: { limit: PAGE, ...query } }, signal })),
  conversation: (id: string) => answer(client.GET('/conversations/{id}', { params: { path: { id } } })),
  messages: (id: string, query: { before?: number; after?: number; limit?: number } = {}) =>
    answer(client.GET('/conversations/{id}/messages', { params: { path: { id }, query: { limit: PAGE, ...query } } })),
  open: (id: string) => answer(client.POST('/conversations/{id}/open', { params: { path: { id } } })),
  read: (id: string, seq: number) =>
    answer(client.POST('/conversations/{id}/read', { params: { path: { id } }, body: { seq } })),
  close: (id: string) => answer(client.POST('/conversations/{id}/close', { params: { path: { id } } })),
  reopen: (id: string) => answer(client.POST('/conversations/{id}/reopen', { params: { path: { id } } })),

  contact: (id: string) => answer(client.GET('/contacts/{id}', { params: { path: { id } } })),
  renameContact: (id: string, name: string | null) =>
    answer(client.PATCH('/contacts/{id}', { params: { path: { id } }, body: { name } })),

  /** The key makes a repeat safe: the server answers a repeated key like the first and sends nothing again. */
  send: (body: SendInput, idempotencyKey: string) =>
    answer(client.POST('/messages', { params: { header: { 'Idempotency-Key': idempotencyKey } }, body })),
  message: (id: string) => answer(client.GET('/messages/{id}', { params: { path: { id } } })),
  takeOver: (threadId: string, tabId: string) =>
    answer(client.POST('/threads/{threadId}/lock/take-over', { params: { path: { threadId } }, body: { tabId } })),

  carrierAccounts: () => answer(client.GET('/carrier-accounts')),
  connectAccount: (body: CarrierCredentials) => answer(client.POST('/carrier-accounts', { body })),
  disconnectAccount: (id: string) => answer(client.DELETE('/carrier-accounts/{id}', { params: { path: { id } } })),
  availableNumbers: (id: string) =>
    answer(client.POST('/carrier-accounts/{id}/numbers/available', { params: { path: { id } } })),
  connectNumber: (id: string, body: { e164: string; name: string }) =>
    answer(client.POST('/carrier-accounts/{id}/numbers', { params: { path: { id } }, body })),
  checkNumber: (id: string) => answer(client.POST('/numbers/{id}/check', { params: { path: { id } } })),
  rotateCredential: (id: string, body: NewCredential) =>
    answer(client.POST('/carrier-accounts/{id}/rotate', { params: { path: { id } }, body })),
  finishRotation: (id: string) =>
    answer(client.POST('/carrier-accounts/{id}/rotate/finish', { params: { path: { id } } })),
  changeNumber: (id: string, body: NumberChange) =>
    answer(client.PATCH('/numbers/{id}', { params: { path: { id } }, body })),
  disconnectNumber: (id: string) => answer(client.DELETE('/numbers/{id}', { params: { path: { id } } })),
};
