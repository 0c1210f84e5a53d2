import type { JSONValue } from 'convex/values';
import type { Identity } from '../identity.ts';
import type { LiveQueries } from '../live/live-queries.ts';
import type { LiveQuery, Subscriber } from '../live/live-query.ts';

/** One query of one connection. */
export class Subscription implements Subscriber {
  readonly queryId: number;
  identity: Identity | null;
  live: LiveQuery;
  /** The fragment the client has, null before the first. */
  sent: string | null = null;
  private readonly lives: LiveQueries;
  private readonly onChange: () => void;

  constructor(
    lives: LiveQueries,
    queryId: number,
    query: { path: string; args: JSONValue; journal: string | null },
    identity: Identity | null,
    onChange: () => void,
  ) {
    this.lives = lives;
    this.queryId = queryId;
    this.identity = identity;
    this.onChange = onChange;
    this.live = lives.subscribe(query.path, query.args, identity, query.journal, this);
  }

  changed(): void {
    this.onChange();
  }

  moveTo(live: LiveQuery): void {
    this.live = live;
  }

  /** Goes on as another identity: the same query may now be a different one. */
  changeIdentity(identity: Identity | null): void {
    const { live } = this;
    this.identity = identity;
    this.live = this.lives.subscribe(live.path, live.args, identity, live.journal, this);
    if (this.live !== live) this.lives.unsubscribe(live, this);
  }

  close(): void {
    this.lives.unsubscribe(this.live, this);
  }
}
