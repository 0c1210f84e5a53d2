import { FAULT_NAMES, type FaultName, type OwnFaults } from './faults.ts';

/** Header of a request that asks for faults. Official clients cannot set it per call; for them there is the body. */
export const FAULT_HEADER = 'x-emulator-fault';

const IN_BODY = /\{\{fault ([^{}]{1,200})\}\}/g;
const ONE = /^([a-z0-9:-]+)((?:\s+(?:ms|code|kind)=[a-z0-9]+)*)$/;

/**
 * Faults that one call asks for: `send:refuse code=21610; webhook:duplicate` in the header, or
 * `{{fault send:undelivered code=30005}}` anywhere in the text. The text is sent with those words in it.
 * @returns null when none are asked for. What is not understood is passed over: a text may say anything.
 */
export function askedFaults(header: string | string[] | undefined, body: string): OwnFaults | null {
  const asked: OwnFaults = {};
  if (header !== undefined) for (const one of String(header).split(';')) read(one, asked);
  if (body.includes('{{fault ')) for (const [, one = ''] of body.matchAll(IN_BODY)) read(one, asked);
  return Object.keys(asked).length > 0 ? asked : null;
}

function read(text: string, asked: OwnFaults): void {
  const match = ONE.exec(text.trim());
  if (!match) return;
  const [, name = '', parameters = ''] = match;
  if (!Object.hasOwn(FAULT_NAMES, name)) return;
  const rule: NonNullable<OwnFaults[FaultName]> = {};
  for (const [, key, value = ''] of parameters.matchAll(/(ms|code|kind)=([a-z0-9]+)/g)) {
    if (key === 'kind' && (value === 'inbound' || value === 'status')) rule.kind = value;
    if (key === 'ms' && /^\d{1,7}$/.test(value)) rule.ms = Number(value);
    if (key === 'code' && /^\d{5}$/.test(value)) rule.code = Number(value);
  }
  asked[name as FaultName] = rule;
}
