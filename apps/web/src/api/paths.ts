import type { ById, Get, Nothing, Operation } from './path-shapes.ts';
import type { ContactPaths } from './paths-contacts.ts';
import type { PeoplePaths } from './paths-people.ts';
import type {
  AvailableNumber,
  CarrierAccount,
  CarrierCredentials,
  CheckStep,
  Conversation,
  ConversationDetail,
  Me,
  Message,
  MessageDetail,
  NewCredential,
  NumberChange,
  OwnNumber,
  Page,
  SendInput,
  Sent,
  SetupInput,
  StatusFilter,
} from './types.ts';

/** The API's routes in the shape openapi-fetch reads. */

export interface paths extends PeoplePaths, ContactPaths {
  '/me': { get: Get<Nothing, Me> };
  '/setup': { get: Get<Nothing, { needed: boolean }>; post: Operation<Nothing, SetupInput, unknown> };
  '/hot-token': { post: Get<Nothing, { token: string; expiresAt: string }> };
  '/numbers': { get: Get<Nothing, { items: OwnNumber[] }> };
  '/numbers/{id}': {
    patch: Operation<ById, NumberChange, unknown>;
    delete: Get<ById, { webhookCleared: boolean }>;
  };
  '/numbers/{id}/check': { post: Get<ById, { steps: CheckStep[] }> };
  '/carrier-accounts': {
    get: Get<Nothing, { items: CarrierAccount[] }>;
    post: Operation<Nothing, CarrierCredentials, { id: string; name: string | null }>;
  };
  '/carrier-accounts/{id}': { delete: Get<ById, unknown> };
  '/carrier-accounts/{id}/numbers/available': { post: Get<ById, { items: AvailableNumber[] }> };
  '/carrier-accounts/{id}/numbers': {
    post: Operation<ById, { e164: string; name: string }, { id: string; steps: CheckStep[] }>;
  };
  '/carrier-accounts/{id}/rotate': { post: Operation<ById, NewCredential, unknown> };
  '/carrier-accounts/{id}/rotate/finish': { post: Get<ById, unknown> };
  '/conversations': {
    get: Get<{ query?: { status?: StatusFilter; q?: string; cursor?: string; limit?: number } }, Page<Conversation>>;
  };
  '/conversations/{id}': { get: Get<ById, ConversationDetail> };
  '/conversations/{id}/messages': {
    get: Get<ById & { query?: { before?: number; after?: number; limit?: number } }, Page<Message>>;
  };
  '/conversations/{id}/open': { post: Get<ById, { threadId: string; lastSeq: number }> };
  '/conversations/{id}/read': { post: Operation<ById, { seq: number }, unknown> };
  '/conversations/{id}/close': { post: Get<ById, unknown> };
  '/conversations/{id}/reopen': { post: Get<ById, unknown> };
  '/messages': { post: Operation<{ header: { 'Idempotency-Key': string } }, SendInput, Sent> };
  '/messages/{id}': { get: Get<ById, MessageDetail> };
  '/threads/{threadId}/lock/take-over': {
    post: Operation<{ path: { threadId: string } }, { tabId: string }, { token: number; expiresAt: number }>;
  };
}
