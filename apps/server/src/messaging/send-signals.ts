/** Tells the dispatcher of this process that a number has a text to send; those of other processes find it themselves. */
export interface SendSignals {
  announce(tenantId: string, our: string): void;
  /** Sets who is told. */
  listen(listener: (tenantId: string, our: string) => void): void;
}

export function createSendSignals(): SendSignals {
  let told: (tenantId: string, our: string) => void = () => undefined;
  return {
    announce: (tenantId, our) => told(tenantId, our),
    listen(listener) {
      told = listener;
    },
  };
}
