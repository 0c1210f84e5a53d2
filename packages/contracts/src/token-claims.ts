import type { Role } from './roles.ts';

/** The audience of every hot-tier token. */
export const HOT_TIER_AUDIENCE = 'patchline';

/** Life of a hot-tier token in seconds. A removed member keeps the hot tier no longer than this. */
export const HOT_TIER_TOKEN_SECONDS = 300;

/** Claims of a person's hot-tier token, beside the registered ones (iss, aud, iat, exp). */
export interface PersonClaims {
  sub: string;
  tenant: string;
  role: Role;
  /** Session id: what ends when the person signs out or is removed. */
  sid: string;
  name: string;
  /** Ids of the person's teams, sorted, so that people of the same teams share the runs of their queries. */
  teams: string[];
}

/** Claims of the server's own token. It carries no tenant: service functions name it in their arguments. */
export interface ServiceClaims {
  sub: 'service';
  role: 'service';
}
