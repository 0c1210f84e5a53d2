/** What the contact policy said about one message, with every rule's word. */
export interface Decision {
  outcome: 'allow' | 'hold' | 'refuse';
  reasons: DecisionReason[];
}

export interface DecisionReason {
  /** The rule's name, for example `dnc_sms`. */
  rule: string;
  outcome: 'allow' | 'hold' | 'refuse';
  /** A sentence that a customer could read. */
  detail: string;
}
