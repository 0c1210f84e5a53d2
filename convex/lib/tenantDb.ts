import type { NamedTableInfo, QueryInitializer, WithoutSystemFields } from 'convex/server';
import type { DataModel, Doc, Id, TableNames } from '../_generated/dataModel.js';
import type { DatabaseReader, DatabaseWriter } from '../_generated/server.js';

/** A database in which other tenants' rows do not exist. It has no full scans, and no way around the tenant. */
export interface TenantReader {
  query<Table extends TableNames>(table: Table): Pick<QueryInitializer<NamedTableInfo<DataModel, Table>>, 'withIndex'>;
}

export interface TenantWriter extends TenantReader {
  /** The tenant is written by the database, not by its caller. */
  insert<Table extends TableNames>(
    table: Table,
    row: Omit<WithoutSystemFields<Doc<Table>>, 'tenantId'>,
  ): Promise<Id<Table>>;
  patch<Table extends TableNames>(row: Doc<Table>, fields: Partial<WithoutSystemFields<Doc<Table>>>): Promise<void>;
  delete<Table extends TableNames>(row: Doc<Table>): Promise<void>;
}

/** Every read of this reader is filtered by the tenant, whatever index it goes through. */
export function tenantReader(db: DatabaseReader, tenantId: string): TenantReader {
  return {
    query<Table extends TableNames>(table: Table) {
      const all = db.query(table) as QueryInitializer<NamedTableInfo<DataModel, Table>>;
      const withIndex = (...args: Parameters<typeof all.withIndex>) =>
        all.withIndex(...args).filter((q) => q.eq(q.field('tenantId' as never), tenantId as never));
      // The wrapper has the shape of the method it wraps; its generic parameter cannot be carried through Parameters<>.
      return { withIndex: withIndex as typeof all.withIndex };
    },
  };
}

/**
 * Writes of this writer stay in the tenant: inserts are given its id, changes and deletions take a row that a reader gave
 * out and look at whose it is.
 */
export function tenantWriter(db: DatabaseWriter, tenantId: string): TenantWriter {
  const ours = <Table extends TableNames>(row: Doc<Table>): Id<Table> => {
    if (row.tenantId !== tenantId) throw new Error('A row of another tenant reached a write');
    return row._id as Id<Table>;
  };
  return {
    ...tenantReader(db, tenantId),
    insert: (table, row) => db.insert(table, { ...row, tenantId } as never),
    patch: async (row, fields) => {
      if ('tenantId' in fields) throw new Error('A row cannot move to another tenant');
      await db.patch(ours(row), fields as never);
    },
    delete: async (row) => {
      await db.delete(ours(row));
    },
  };
}
