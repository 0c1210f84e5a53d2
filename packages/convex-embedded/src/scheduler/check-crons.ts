import { StartError } from '../errors.ts';
import { type CronJob, canonicalPath, type Registry } from '../functions/registry.ts';
import { nextRun } from './cron-schedule.ts';

/** Refuses cron jobs that could never run. Throws `StartError`. */
export function checkCrons(crons: Record<string, CronJob>, registry: Registry): void {
  for (const [name, job] of Object.entries(crons)) {
    const kind = registry.functions.get(canonicalPath(job.name))?.kind;
    if (kind === undefined) throw new StartError(`crons: "${name}" calls ${job.name}, which does not exist.`);
    if (kind === 'query') {
      throw new StartError(
        `crons: "${name}" calls the query ${job.name}; only mutations and actions can be scheduled.`,
      );
    }
    try {
      nextRun(job.schedule, null, Date.now());
    } catch (error) {
      throw new StartError(`crons: the schedule of "${name}" cannot be read: ${(error as Error).message}`);
    }
  }
}
