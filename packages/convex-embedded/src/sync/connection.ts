import type { JSONValue } from 'convex/values';
import type { WebSocket } from 'ws';
import type { Authenticator, Verified } from '../auth.ts';
import type { Engine } from '../engine.ts';
import { type Logger, toClientError } from '../errors.ts';
import type { RequestMeta } from '../functions/call.ts';
import type { Executor } from '../functions/executor.ts';
import { MAX_QUERIES_PER_CONNECTION, MAX_RUNNING_ACTIONS } from '../limits.ts';
import type { FrameCache, LiveQueries, Receiver } from '../live/live-queries.ts';
import type { Snapshot } from '../store.ts';
import { MutationQueue } from './mutation-queue.ts';
import { type ByteStream, Outbox, textFrame } from './outbox.ts';
import { type ClientMessage, chunkTransition, decodeTs, type StateVersion, versionJson } from './protocol.ts';
import { Subscription } from './subscription.ts';

/** What every connection of a server shares. */
export interface SyncServices {
  readonly engine: Engine;
  readonly executor: Executor;
  readonly lives: LiveQueries;
  readonly auth: Authenticator;
  readonly expose: boolean;
  readonly log: Logger;
}

/** How far ahead of this clock a client's last timestamp may be, in nanoseconds. */
const MAX_AHEAD = 24n * 60n * 60n * 1_000_000_000n;
const TOKEN_EXPIRED = 'The token has expired.';

let lastTransitionId = 0;

/** One WebSocket: its query set, its identity, and what has been sent to it. */
export class Connection implements Receiver {
  readonly outbox: Outbox;
  readonly mutations: MutationQueue;
  readonly subscriptions = new Map<number, Subscription>();
  session = '';
  private readonly services: SyncServices;
  private readonly from: Pick<RequestMeta, 'ip' | 'userAgent'>;
  private authToken: string | null = null;
  private verified: Verified | null = null;
  private querySet = 0;
  private identityVersion = 0;
  private sent: StateVersion = { querySet: 0, identity: 0, ts: 0n };
  private sentJson = versionJson(this.sent);
  private removed: number[] = [];
  private owesTransition = false;
  private asking = false;
  private open = true;
  private runningActions = 0;
  private clientClockSkew: number | null = null;
  /** Messages that wait for a token to be verified. */
  private backlog: ClientMessage[] | null = null;

  constructor(
    services: SyncServices,
    socket: WebSocket,
    stream: ByteStream,
    from: Pick<RequestMeta, 'ip' | 'userAgent'>,
  ) {
    this.services = services;
    this.from = from;
    this.outbox = new Outbox(socket, stream, services.engine.metrics, () => this.requestTransition());
    this.mutations = new MutationQueue(services, this);
    socket.on('message', (data) => this.receive(String(data)));
    socket.on('close', () => this.close());
    // 'close' follows; without a listener a reset connection would end the process.
    socket.on('error', (error) => services.log('debug', 'socket error', { error: error.message }));
  }

  /** The verified caller, or null. */
  get identity() {
    return this.verified?.identity ?? null;
  }

  /** Where calls over this connection come from, fresh for each call. */
  get meta(): RequestMeta {
    return { ...this.from, authToken: this.authToken, scheduledFunctionId: null };
  }

  private receive(text: string): void {
    let message: ClientMessage;
    try {
      message = JSON.parse(text) as ClientMessage;
    } catch (error) {
      this.fatal(`The message is not JSON: ${(error as Error).message}`);
      return;
    }
    if (this.backlog) this.backlog.push(message);
    else this.handleSafely(message);
  }

  private handleSafely(message: ClientMessage): void {
    if (!this.open) return;
    try {
      this.handle(message);
    } catch (error) {
      this.fatal((error as Error).message);
    }
  }

  private handle(message: ClientMessage): void {
    switch (message.type) {
      case 'Connect':
        this.session = String(message.sessionId ?? '');
        // Milliseconds by which the client's clock is ahead; it takes this off its own time before comparing with ours.
        if (typeof message.clientTs === 'number') this.clientClockSkew = message.clientTs - Date.now();
        if (message.maxObservedTimestamp !== undefined) this.catchUp(decodeTs(message.maxObservedTimestamp));
        return;
      case 'ModifyQuerySet':
        this.modifyQuerySet(message);
        return;
      case 'Authenticate':
        this.authenticate(message);
        return;
      case 'Mutation':
        this.checkComponent(message.componentPath);
        if (!this.expireIfDue()) {
          this.mutations.add({ requestId: message.requestId, path: message.udfPath, args: message.args[0] ?? {} });
        }
        return;
      case 'Action':
        this.checkComponent(message.componentPath);
        if (!this.expireIfDue()) void this.runAction(message.requestId, message.udfPath, message.args[0] ?? {});
        return;
      case 'Event':
        return;
      default:
        throw new Error(`Unknown message type ${JSON.stringify((message as { type: unknown }).type)}.`);
    }
  }

  private checkComponent(path: string | undefined): void {
    if (path) throw new Error('Components are not supported by convex-embedded.');
  }

  /** A client that has seen a later time than ours (an in-memory server was restarted) must not go back. */
  private catchUp(observed: bigint): void {
    const { store } = this.services.engine;
    if (observed <= store.published.ts) return;
    if (observed > BigInt(Date.now()) * 1_000_000n + MAX_AHEAD)
      throw new Error('maxObservedTimestamp is in the future.');
    store.advanceTo(observed);
    // What is not durable yet is older than what the client has seen: it hears nothing before that is.
    if (observed > store.published.ts) this.hold(this.services.engine.settled());
  }

  private modifyQuerySet(message: ClientMessage & { type: 'ModifyQuerySet' }): void {
    if (message.baseVersion !== this.querySet) {
      throw new Error(
        `Base version ${message.baseVersion} passed up doesn't match the current version ${this.querySet}.`,
      );
    }
    if (this.expireIfDue()) return;
    this.querySet = message.newVersion;
    for (const change of message.modifications) {
      if (change.type === 'Remove') {
        this.subscriptions.get(change.queryId)?.close();
        this.subscriptions.delete(change.queryId);
        this.removed.push(change.queryId);
        continue;
      }
      this.checkComponent(change.componentPath);
      if (this.subscriptions.has(change.queryId)) throw new Error(`Query id ${change.queryId} is in use.`);
      if (this.subscriptions.size >= MAX_QUERIES_PER_CONNECTION) {
        throw new Error(`Too many queries on one connection (limit: ${MAX_QUERIES_PER_CONNECTION}).`);
      }
      const query = { path: change.udfPath, args: change.args[0] ?? {}, journal: change.journal ?? null };
      const changed = () => this.services.lives.markChanged(this);
      const subscription = new Subscription(this.services.lives, change.queryId, query, this.identity, changed);
      this.subscriptions.set(change.queryId, subscription);
    }
    this.oweTransition();
  }

  private authenticate(message: ClientMessage & { type: 'Authenticate' }): void {
    if (message.baseVersion !== this.identityVersion) {
      throw new Error(
        `Base version ${message.baseVersion} passed up doesn't match the current identity version ${this.identityVersion}.`,
      );
    }
    if (message.tokenType === 'Admin') throw new Error('Admin authentication is not supported by convex-embedded.');
    const accept = (verified: Verified | null) => {
      this.verified = verified;
      this.authToken = verified ? (message.value ?? null) : null;
      this.identityVersion = message.baseVersion + 1;
      for (const subscription of this.subscriptions.values()) subscription.changeIdentity(this.identity);
      this.oweTransition();
    };
    if (message.tokenType === 'None') {
      accept(null);
      return;
    }
    const verified = this.services.auth
      .verify(message.value ?? '')
      .then(accept, (error: Error) => this.authError(error.message, message.baseVersion, true));
    this.hold(verified);
  }

  /** Lets the client's next messages wait for something. */
  private hold(until: Promise<void>): void {
    this.backlog = [];
    until
      .then(() => {
        const waiting = this.backlog ?? [];
        this.backlog = null;
        for (const [i, next] of waiting.entries()) {
          if (this.backlog) {
            (this.backlog as ClientMessage[]).push(...waiting.slice(i));
            return;
          }
          this.handleSafely(next);
        }
      })
      .catch((error: Error) => this.fatal(error.message));
  }

  private authError(error: string, baseVersion: number, authUpdateAttempted: boolean): void {
    this.outbox.send(JSON.stringify({ type: 'AuthError', error, baseVersion, authUpdateAttempted }));
    this.end(1000, 'AuthError');
  }

  /** Ends the connection if its token has expired; the client comes back with a new one. */
  expireIfDue(): boolean {
    if (!this.verified || Date.now() < this.verified.expiresAt) return false;
    if (this.open) this.authError(TOKEN_EXPIRED, this.identityVersion, false);
    return true;
  }

  private async runAction(requestId: number, path: string, args: JSONValue): Promise<void> {
    const { executor, expose, log } = this.services;
    if (this.runningActions >= MAX_RUNNING_ACTIONS) {
      this.fatal(`Too many actions in flight on one connection (limit: ${MAX_RUNNING_ACTIONS}).`);
      return;
    }
    const logLines: string[] = [];
    const lines = () => (expose ? JSON.stringify(logLines) : '[]');
    const head = `{"type":"ActionResponse","requestId":${Number(requestId)}`;
    try {
      this.runningActions++;
      const request = { path, args, identity: this.identity, internal: false, meta: this.meta };
      const result = await executor.runAction(request, logLines);
      this.outbox.send(`${head},"success":true,"result":${result},"logLines":${lines()}}`);
    } catch (error) {
      const { message, data } = toClientError(error, expose, path, log);
      const errorData = data === undefined ? '' : `,"errorData":${JSON.stringify(data)}`;
      this.outbox.send(
        `${head},"success":false,"result":${JSON.stringify(message)}${errorData},"logLines":${lines()}}`,
      );
    } finally {
      this.runningActions--;
    }
  }

  /** Something must be sent even if no result changes: a new version, or proof of a mutation's effect. */
  oweTransition(): void {
    this.owesTransition = true;
    if (this.asking) return;
    this.asking = true;
    // One for all answers that become durable together.
    process.nextTick(() => {
      this.asking = false;
      this.requestTransition();
    });
  }

  private requestTransition(): void {
    if (!this.open) return;
    const { lives } = this.services;
    let current = true;
    for (const { live } of this.subscriptions.values()) {
      if (!lives.isCurrent(live)) {
        current = false;
        break;
      }
    }
    lives.request(this, current);
  }

  transition(snapshot: Snapshot, frames: FrameCache): void {
    if (!this.open || this.expireIfDue()) return;
    // A slow reader gets the newest state once it has caught up, not every step.
    if (this.outbox.congested) return;
    const changes: Subscription[] = [];
    for (const subscription of this.subscriptions.values()) {
      const { fragment } = subscription.live;
      // Subscribed while this flush was running; the next one brings it.
      if (fragment === null) return;
      if (fragment !== subscription.sent) changes.push(subscription);
    }
    if (changes.length === 0 && !this.owesTransition) return;
    const end: StateVersion = { querySet: this.querySet, identity: this.identityVersion, ts: snapshot.ts };
    const endJson = versionJson(end);
    let mods = this.removed.map((id) => `{"type":"QueryRemoved","queryId":${id}}`).join(',');
    let cacheKey: string | null = `${this.sentJson}${endJson}${mods}`;
    for (const { queryId, live } of changes) cacheKey += `|${queryId} ${live.key}`;
    if (this.sent.identity !== end.identity) cacheKey = null;
    let frame = cacheKey === null ? undefined : frames.get(cacheKey);
    if (!frame) {
      for (const { queryId, live } of changes) mods += `${mods ? ',' : ''}{"queryId":${queryId},${live.fragment}`;
      const skew =
        this.sent.identity !== end.identity && this.clientClockSkew !== null
          ? `,"clientClockSkew":${this.clientClockSkew}`
          : '';
      // When it was sent, in nanoseconds (a snapshot may be from long ago): clients log transitions that took too long.
      const text = `{"type":"Transition","startVersion":${this.sentJson},"endVersion":${endJson},"modifications":[${mods}]${skew},"serverTs":${Date.now() * 1e6}}`;
      const parts = chunkTransition(text, String(++lastTransitionId));
      if (parts.length > 1) {
        for (const part of parts) this.outbox.send(part);
      } else {
        frame = textFrame(text);
        if (cacheKey !== null) frames.set(cacheKey, frame);
      }
    }
    if (frame) this.outbox.sendFrame(frame);
    for (const subscription of changes) subscription.sent = subscription.live.fragment;
    this.removed = [];
    this.owesTransition = false;
    this.sent = end;
    this.sentJson = endJson;
    this.services.engine.metrics.transitions++;
  }

  /** Tells the client that it cannot go on. */
  fatal(error: string): void {
    this.services.log('warn', 'connection refused', { error });
    this.outbox.send(JSON.stringify({ type: 'FatalError', error }));
    this.end(1000, 'FatalError');
  }

  /** Closes the socket. */
  end(code: number, reason: string): void {
    this.outbox.close(code, reason);
    this.close();
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    this.mutations.close();
    for (const subscription of this.subscriptions.values()) subscription.close();
    this.subscriptions.clear();
    this.services.lives.forget(this);
    this.onClose();
  }

  /** Called once when the connection has ended. */
  onClose: () => void = () => undefined;
}
