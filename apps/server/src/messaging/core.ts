import type { Logger } from 'pino';
import type { Carriers, NumberDirectory } from '../carriers/index.ts';
import type { MediaLinks, MediaStore } from '../media/index.ts';
import type { AuditLinker } from '../platform/audit/linker.ts';
import type { Database } from '../platform/database/doors.ts';
import type { HotGateway } from '../platform/hot/hot-gateway.ts';
import type { HotPusher } from '../platform/hot/pusher.ts';
import type { SendSignals } from './send-signals.ts';

/** What the operations of messaging stand on. */
export interface MessagingCore {
  database: Database;
  directory: NumberDirectory;
  carriers: Carriers;
  hot: HotGateway;
  pusher: Pick<HotPusher, 'push'>;
  linker: Pick<AuditLinker, 'signal'>;
  sends: SendSignals;
  media: MediaStore;
  mediaLinks: MediaLinks;
  /** This process, as it stands in attempts and in the outbox. */
  processId: string;
  /** Where carriers reach us; no trailing slash. */
  publicUrl: string;
  log: Logger;
}
