import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';

/** Entries linked in one transaction: bounds how long the chain's head is held. */
const BATCH = 1000;

/** How often entries of other, perhaps dead, processes are looked for, in milliseconds. */
const SWEEP_MS = 5_000;

/** How long a signal waits for company, in milliseconds: a busy moment is linked in few transactions. */
const GATHER_MS = 50;

/** Links committed audit entries into their tenants' chains. */
export interface AuditLinker {
  /** Says that this tenant has new entries. */
  signal(tenantId: string): void;
  /** Links everything that waits now, of all tenants. */
  linkAll(): Promise<void>;
  stop(): Promise<void>;
}

export function startAuditLinker(database: Database, log: Logger): AuditLinker {
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const linkTenant = async (tenantId: string) => {
    for (;;) {
      const linked = await database.withPlatform((tx) =>
        tx.first<{ linked: number }>('select link_audit($1, $2) as linked', [tenantId, BATCH]),
      );
      if ((linked?.linked ?? 0) < BATCH) return;
    }
  };
  const drain = async () => {
    const tenants = [...waiting];
    waiting.clear();
    for (const tenantId of tenants) {
      try {
        await linkTenant(tenantId);
      } catch (error) {
        // The entries stand safely in audit_unlinked; the sweep comes back to them.
        log.warn({ err: error, tenantId }, 'audit entries could not be linked yet');
      }
    }
  };
  const schedule = () => {
    if (timer !== null || stopped) return;
    timer = setTimeout(() => {
      timer = null;
      running = running.then(drain);
    }, GATHER_MS);
  };
  const findWaiting = async () => {
    const rows = await database.withPlatform((tx) =>
      tx.query<{ tenant_id: string }>('select distinct tenant_id from audit_unlinked'),
    );
    for (const row of rows) waiting.add(row.tenant_id);
  };
  const sweep = setInterval(() => {
    findWaiting()
      .then(() => waiting.size > 0 && schedule())
      .catch((error: unknown) => log.warn({ err: error }, 'unlinked audit entries could not be counted'));
  }, SWEEP_MS);

  return {
    signal(tenantId) {
      waiting.add(tenantId);
      schedule();
    },
    async linkAll() {
      await findWaiting();
      running = running.then(drain);
      await running;
    },
    async stop() {
      stopped = true;
      clearInterval(sweep);
      if (timer !== null) clearTimeout(timer);
      await running;
      await drain();
    },
  };
}
