/** Browsers slow the timers of a hidden page to one a minute; a worker's keep their pace, and a lease must be renewed. */
const TICK_MS = 1_000;

setInterval(() => postMessage(Date.now()), TICK_MS);
