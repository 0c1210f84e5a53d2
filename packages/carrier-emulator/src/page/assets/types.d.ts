/** What the control API answers, as far as the page uses it. */
export interface MessageView {
  sid: string;
  n: number;
  direction: 'inbound' | 'outbound-api' | 'outbound-reply';
  from: string;
  to: string;
  body: string;
  status: string;
  at: number;
  numSegments: number;
  media: { url: string; contentType: string; view: string }[];
  arrived: boolean;
  webhook: {
    state: 'pending' | 'taken' | 'failed' | 'none';
    status: number | null;
    tookMs: number | null;
    tries: number;
  } | null;
}

export interface HandsetView {
  e164: string;
  name: string;
  reachable: boolean;
  place: string;
  optedOut: string[];
}

export interface NumberView {
  e164: string;
  friendlyName: string;
  carrier: 'twilio' | 'telnyx';
}

export interface AccountView {
  sid: string;
  carrier: 'twilio' | 'telnyx';
  friendlyName: string;
  numbers: NumberView[];
}

export interface RequestView {
  id: number;
  at: number;
  way: 'from-app' | 'to-app';
  method: string;
  path: string;
  url: string;
  status: number | null;
  tookMs: number;
  what: string;
  signature: 'valid' | 'invalid' | 'forged' | 'none';
  signed: string | null;
  params: Record<string, unknown>;
  answer: string;
}

export interface FaultRule {
  probability: number;
  times: number | null;
  ms?: number;
  code?: number;
  kind?: 'inbound' | 'status';
}

export interface FaultSet {
  seed: number;
  faults: Record<string, FaultRule>;
}
