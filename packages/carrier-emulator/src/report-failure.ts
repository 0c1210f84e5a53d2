/** A fault of the emulator itself: told to whoever runs it, since the app under test only sees a 500. */
export function reportFailure(error: unknown): void {
  process.stderr.write(`carrier-emulator: ${error instanceof Error ? error.stack : String(error)}\n`);
}
