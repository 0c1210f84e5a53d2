import type { JSONValue } from 'convex/values';

/** A verified user: `tokenIdentifier`, `issuer`, `subject` and the token's other claims. */
export type Identity = { readonly [claim: string]: JSONValue };

/** All claims were read, or it cannot be known which. */
const ALL = '*';

/**
 * What a query read of the caller's identity. Two callers share a run of a query if they agree on
 * everything it read: nothing at all, only whether somebody is signed in, or certain claims.
 */
export class IdentityUse {
  readonly identity: Identity | null;
  /** Claims that were read; null if the identity was not looked at. */
  claims: Set<string> | null = null;

  constructor(identity: Identity | null) {
    this.identity = identity;
  }

  /** The whole identity was read. */
  readAll(): Identity | null {
    this.touch().add(ALL);
    return this.identity;
  }

  /**
   * An object that looks like the identity and notes which claims are read of it.
   * Null, also noted, if nobody is signed in.
   */
  tracked(): object | null {
    const claims = this.touch();
    if (this.identity === null) return null;
    return new Proxy(
      { ...this.identity },
      {
        get(target, name, receiver) {
          if (typeof name === 'string') claims.add(name);
          return Reflect.get(target, name, receiver);
        },
        has(target, name) {
          if (typeof name === 'string') claims.add(name);
          return Reflect.has(target, name);
        },
        ownKeys(target) {
          claims.add(ALL);
          return Reflect.ownKeys(target);
        },
        getOwnPropertyDescriptor(target, name) {
          claims.add(ALL);
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
  }

  private touch(): Set<string> {
    this.claims ??= new Set();
    return this.claims;
  }
}

/** Text that is the same for two identities exactly if they agree on the claims. */
export function identityKey(identity: Identity | null, claims: ReadonlySet<string> | null): string {
  if (claims === null) return '';
  if (identity === null) return 'null';
  if (claims.has(ALL)) return JSON.stringify(Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([...claims].sort().map((claim) => [claim, identity[claim]]));
}
