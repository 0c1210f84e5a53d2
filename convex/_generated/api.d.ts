/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
import type * as crons from "../crons.js";
import type * as feed from "../feed.js";
import type * as inbox from "../inbox.js";
import type * as lib_feeding from "../lib/feeding.js";
import type * as lib_functions from "../lib/functions.js";
import type * as lib_identity from "../lib/identity.js";
import type * as lib_lockRows from "../lib/lockRows.js";
import type * as lib_locking from "../lib/locking.js";
import type * as lib_pruning from "../lib/pruning.js";
import type * as lib_refusal from "../lib/refusal.js";
import type * as lib_rows from "../lib/rows.js";
import type * as lib_tenantDb from "../lib/tenantDb.js";
import type * as lib_visibility from "../lib/visibility.js";
import type * as locks from "../locks.js";
import type * as maintenance from "../maintenance.js";
import type * as smsMessages from "../smsMessages.js";
import type * as typing from "../typing.js";

/**
 * A utility for referencing Convex functions in your app's API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
declare const fullApi: ApiFromModules<{
  crons: typeof crons;
  feed: typeof feed;
  inbox: typeof inbox;
  "lib/feeding": typeof lib_feeding;
  "lib/functions": typeof lib_functions;
  "lib/identity": typeof lib_identity;
  "lib/lockRows": typeof lib_lockRows;
  "lib/locking": typeof lib_locking;
  "lib/pruning": typeof lib_pruning;
  "lib/refusal": typeof lib_refusal;
  "lib/rows": typeof lib_rows;
  "lib/tenantDb": typeof lib_tenantDb;
  "lib/visibility": typeof lib_visibility;
  locks: typeof locks;
  maintenance: typeof maintenance;
  smsMessages: typeof smsMessages;
  typing: typeof typing;
}>;
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;
