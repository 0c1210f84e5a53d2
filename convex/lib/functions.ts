import type { RegisteredMutation, RegisteredQuery, Scheduler } from 'convex/server';
import type { GenericValidator, Infer, ObjectType, PropertyValidators } from 'convex/values';
import { type MutationCtx, mutation, type QueryCtx, query } from '../_generated/server.js';
import { onlyTheServer, type Person, person } from './identity.ts';
import { type TenantReader, type TenantWriter, tenantReader, tenantWriter } from './tenantDb.ts';

/**
 * The four doors into the hot tier. Every public function of convex/ is made by one of them, so that none can forget who
 * may call it: a person, for their tenant's rows only, or the server itself. convex/doors.test.ts calls every public
 * function as everybody who may not, and finds any that was made otherwise.
 */
export interface TenantQueryCtx {
  caller: Person;
  db: TenantReader;
}

export interface TenantMutationCtx {
  caller: Person;
  db: TenantWriter;
  scheduler: Scheduler;
}

interface Definition<Ctx, Args extends PropertyValidators, Returns extends GenericValidator> {
  args: Args;
  returns: Returns;
  handler: (ctx: Ctx, args: ObjectType<Args>) => Promise<Infer<Returns>>;
}

// The registered types are spelled out each time: Convex finds arguments and result by that very name, not through an alias.

/** A query that a signed-in person of any role may ask. Its database holds only the rows of their tenant. */
export function tenantQuery<Args extends PropertyValidators, Returns extends GenericValidator>(
  definition: Definition<TenantQueryCtx, Args, Returns>,
): RegisteredQuery<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return publicQuery(definition, async (ctx, args) => {
    const caller = await person(ctx.auth);
    return definition.handler({ caller, db: tenantReader(ctx.db, caller.tenantId) }, args);
  });
}

/** A mutation that a signed-in person of any role may make. Its database reads and writes only rows of their tenant. */
export function tenantMutation<Args extends PropertyValidators, Returns extends GenericValidator>(
  definition: Definition<TenantMutationCtx, Args, Returns>,
): RegisteredMutation<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return publicMutation(definition, async (ctx, args) => {
    const caller = await person(ctx.auth);
    const db = tenantWriter(ctx.db, caller.tenantId);
    return definition.handler({ caller, db, scheduler: ctx.scheduler }, args);
  });
}

/** A query of the server, which names the tenant in its arguments. */
export function serviceQuery<Args extends PropertyValidators, Returns extends GenericValidator>(
  definition: Definition<QueryCtx, Args, Returns>,
): RegisteredQuery<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return publicQuery(definition, async (ctx, args) => {
    await onlyTheServer(ctx.auth);
    return definition.handler(ctx, args);
  });
}

/** A mutation of the server. */
export function serviceMutation<Args extends PropertyValidators, Returns extends GenericValidator>(
  definition: Definition<MutationCtx, Args, Returns>,
): RegisteredMutation<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return publicMutation(definition, async (ctx, args) => {
    await onlyTheServer(ctx.auth);
    return definition.handler(ctx, args);
  });
}

// `query` and `mutation` work their types out from literal validators and cannot follow generic ones; hence the two `never`.

function publicQuery<Args extends PropertyValidators, Returns extends GenericValidator>(
  { args, returns }: { args: Args; returns: Returns },
  handler: (ctx: QueryCtx, args: ObjectType<Args>) => Promise<Infer<Returns>>,
): RegisteredQuery<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return query({ args, returns, handler: handler as never }) as RegisteredQuery<
    'public',
    ObjectType<Args>,
    Promise<Infer<Returns>>
  >;
}

function publicMutation<Args extends PropertyValidators, Returns extends GenericValidator>(
  { args, returns }: { args: Args; returns: Returns },
  handler: (ctx: MutationCtx, args: ObjectType<Args>) => Promise<Infer<Returns>>,
): RegisteredMutation<'public', ObjectType<Args>, Promise<Infer<Returns>>> {
  return mutation({ args, returns, handler: handler as never }) as RegisteredMutation<
    'public',
    ObjectType<Args>,
    Promise<Infer<Returns>>
  >;
}
