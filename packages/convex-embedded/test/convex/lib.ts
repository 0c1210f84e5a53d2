import {
  type ActionBuilder,
  actionGeneric,
  type DataModelFromSchemaDefinition,
  internalActionGeneric,
  internalMutationGeneric,
  type MutationBuilder,
  makeFunctionReference,
  mutationGeneric,
  type QueryBuilder,
  queryGeneric,
} from 'convex/server';
import type schema from './schema.ts';

/** What `convex codegen` would write into `_generated/server`. */
export type DataModel = DataModelFromSchemaDefinition<typeof schema>;
export const query = queryGeneric as QueryBuilder<DataModel, 'public'>;
export const mutation = mutationGeneric as MutationBuilder<DataModel, 'public'>;
export const internalMutation = internalMutationGeneric as MutationBuilder<DataModel, 'internal'>;
export const action = actionGeneric as ActionBuilder<DataModel, 'public'>;
export const internalAction = internalActionGeneric as ActionBuilder<DataModel, 'internal'>;

type Add = { name: string; by: number };
export const refs = {
  add: makeFunctionReference<'mutation', Add, number>('counters:add'),
  addInternal: makeFunctionReference<'mutation', Add, number>('counters:addInternal'),
  addThenFail: makeFunctionReference<'mutation', Add, number>('counters:addThenFail'),
  inner: makeFunctionReference<'mutation', { key: string; fails: boolean }, null>('cells:inner'),
  tick: makeFunctionReference<'mutation', { name: string }, null>('jobs:tick'),
  waits: makeFunctionReference<'action', { name: string }, null>('jobs:waits'),
  note: makeFunctionReference<'mutation', Record<string, never>, null>('work:note'),
  get: makeFunctionReference<'query', { name: string }, number>('counters:get'),
};
