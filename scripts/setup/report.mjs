/** A problem whose message tells a person what to do. */
export class SetupError extends Error {}

/** One line of progress. */
export function say(line) {
  console.log(line);
}

/** Seconds since `began` (a value of Date.now()), for progress lines. */
export function seconds(began) {
  return `${Math.max(1, Math.round((Date.now() - began) / 1000))} s`;
}
