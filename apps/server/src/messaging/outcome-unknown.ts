/** What a message's error says once nobody will tell any more. A later word of the carrier still settles it. */
export const OUTCOME_UNKNOWN = { code: 'outcome_unknown', words: 'May have been sent: send again?' } as const;
