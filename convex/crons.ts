import { cronJobs } from 'convex/server';
import { internal } from './_generated/api.js';

const crons = cronJobs();

crons.interval('free what ran out', { minutes: 1 }, internal.maintenance.sweep, {});
crons.interval('prune what is idle', { hours: 1 }, internal.maintenance.prune, {});

export default crons;
