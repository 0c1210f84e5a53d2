/** What the contact policy said about one message, with every rule's word. */
export interface Decision {
  outcome: 'allow' | 'hold' | 'refuse';
  reasons: DecisionReason[];
  /** The policy that decided, so that the decision can be replayed. */
  policyVersion?: string;
  /** With `hold`: Unix milliseconds at which it may be asked again. */
  holdUntil?: number | null;
}

export interface DecisionReason {
  /** The rule's name, for example `dnc_sms`. */
  rule: string;
  ruleVersion?: number;
  outcome: 'allow' | 'hold' | 'refuse';
  /** A sentence that a customer could read. */
  detail: string;
}
