import { createHash } from 'node:crypto';
import type { TenantTransaction } from '../database/doors.ts';
import { ApiError } from './api-error.ts';

/** An answer as it is kept and replayed. */
export interface KeptAnswer {
  status: number;
  body: unknown;
}

export interface IdempotentRequest {
  actor: string;
  /** The Idempotency-Key header. */
  key: string;
  /** The request as it was understood: the same key with another one is refused. */
  request: unknown;
}

/** The kept answer of this request, or null. @throws ApiError idempotency_mismatch */
export async function keptAnswer(tx: TenantTransaction, request: IdempotentRequest): Promise<KeptAnswer | null> {
  const row = await tx.first<{ request_hash: Buffer; status: number; body: unknown }>(
    'select request_hash, status, body from idempotency_keys where tenant_id = $1 and actor = $2 and key = $3',
    [tx.tenantId, request.actor, request.key],
  );
  if (row === null) return null;
  if (!row.request_hash.equals(hashOf(request.request))) throw new ApiError('idempotency_mismatch');
  return { status: row.status, body: row.body };
}

/**
 * Does `work` once for a key: the answer is kept in the transaction of what it did. If that rolls back, nothing is kept
 * and the key is free again.
 *
 * @throws ApiError idempotency_in_flight while another transaction works on the same key; idempotency_mismatch
 */
export async function once(
  tx: TenantTransaction,
  request: IdempotentRequest,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const mine = await tx.first<{ mine: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine', [
    `idempotency:${tx.tenantId}:${request.actor}:${request.key}`,
  ]);
  if (!mine?.mine) throw new ApiError('idempotency_in_flight');
  const before = await keptAnswer(tx, request);
  if (before !== null) return before;
  const answer = await work();
  await tx.query(
    'insert into idempotency_keys (tenant_id, actor, key, request_hash, status, body) values ($1, $2, $3, $4, $5, $6)',
    [tx.tenantId, request.actor, request.key, hashOf(request.request), answer.status, JSON.stringify(answer.body)],
  );
  return answer;
}

function hashOf(request: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(request)).digest();
}
