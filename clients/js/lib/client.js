import { Backoff } from './backoff.js';
import { Connection } from './connection.js';
import { emit, Emitter } from './emitter.js';
import { FastChatError } from './errors.js';
import { Budget } from './outbox.js';
import { Room } from './room.js';
import { Subscription } from './subscription.js';
import { encodeMessage } from './wire.js';

/** Limits and delays; each may be given as an option of the same name. */
const DEFAULTS = Object.freeze({
  connectTimeoutMs: 20_000, // until a handshake counts as failed
  requestTimeoutMs: 30_000, // until an unanswered command fails; a join or leave ends the connection then
  publishTimeoutMs: 30_000, // from publish() until it fails with outcome_unknown or not_sent
  publishesMax: 1_000, // unanswered publishes; over: queue_full
  publishBytesMax: 1_000_000, // their bytes together; over: queue_full
  pingAfterMs: 25_000, // silence before a ping
  pongTimeoutMs: 20_000, // silence after a ping before the connection counts as lost
  backoffBaseMs: 200, // bound of the first delay before reconnecting; doubles
  backoffCapMs: 20_000, // largest bound
  stableAfterMs: 5_000, // a connection that lived this long makes the delays begin anew
});

/** What a command may be answered with; joins and publishes that are kept are told to their rooms. */
const ANSWERS = new Set(['ack', 'history', 'presence']);

const clock = Object.freeze({
  now: () => performance.now(),
  setTimeout: (action, delayMs) => setTimeout(action, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
});

/**
 * A client of one gateway, as one person, in any number of rooms. Events: state, error, and those of all rooms (message, history,
 * join, leave, typing, presence, gap), each with its room's id.
 */
export class FastChat extends Emitter {
  #url;
  #WebSocket;
  #options;
  #clock;
  #backoff;
  #host;
  #rooms = new Map();
  #requests = new Map();
  #user;
  #key;
  /** The stored key, being loaded. */
  #keyLoad = null;
  #attempts = 0;
  #idPrefix;
  #idCount = 0;
  #state = 'closed';
  #connection = null;
  /** The timer of the state waiting, or of a connection that is not yet known to be stable. */
  #timer = null;
  #connecting = null;
  #stopWatching = null;

  /**
   * @param {string|URL} url of the gateway: ws, wss, http or https; without a path it is /ws
   * @param options {user, key?, token?, keys?, WebSocket?, clock?, random?} and the limits above
   */
  constructor(url, options = {}) {
    super();
    this.#url = socketUrl(url);
    this.#WebSocket = options.WebSocket ?? globalThis.WebSocket;
    if (this.#WebSocket === undefined) {
      throw new FastChatError('no_websocket',
        "There is no global WebSocket (Node has one from version 22 on). Give one as an option: import WebSocket from 'ws'; new FastChat(url, { user, WebSocket }).");
    }
    this.#options = { ...DEFAULTS, ...options };
    this.#clock = options.clock ?? clock;
    this.#user = options.user ?? null;
    this.#key = options.key ?? null;
    const random = options.random ?? Math.random;
    this.#backoff = new Backoff(this.#options.backoffBaseMs, this.#options.backoffCapMs, random);
    this.#idPrefix = Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32).toString(36)).join('') + '-';
    this.#host = {
      budget: new Budget(this.#options.publishesMax, this.#options.publishBytesMax),
      clock: this.#clock,
      limits: this.#options,
      connection: () => this.#connection,
      identity: () => ({ user: this.#user, key: this.#key, token: this.#options.token ?? null }),
      identified: (you) => this.#identified(you),
      nextId: () => this.#idPrefix + (this.#idCount++).toString(36),
      ask: (on, id, room, bytes) => this.#ask(on, id, room, bytes),
      request: (on, type, room, ...fields) => {
        const id = this.#host.nextId();
        return this.#ask(on, id, room, encodeMessage(type, id, room, ...fields));
      },
      forget: (id, subscription) => { if (this.#rooms.get(id)?.subscription === subscription) this.#rooms.delete(id); },
      tell: (type, detail) => emit(this, type, detail),
    };
  }

  /** closed, connecting, connected or waiting. */
  get state() {
    return this.#state;
  }

  /** The display name, as the gateway writes it once a room is joined. */
  get user() {
    return this.#user;
  }

  /** The guest key, once known. Who shows it is the same person. */
  get key() {
    return this.#key;
  }

  /** The rooms that are joined or being joined, by id. */
  get rooms() {
    return new Map([...this.#rooms].map(([id, { room }]) => [id, room]));
  }

  /**
   * Connects, and stays so: a lost connection is made again until `close` or until the gateway says not to come back. Resolves once
   * connected. While waiting for the next try it tries at once.
   */
  connect() {
    if (this.#state === 'connected') return Promise.resolve();
    if (this.#state === 'closed') {
      this.#connecting = deferred();
      this.#stopWatching = this.#watchNetwork();
      this.#open();
    } else if (this.#state === 'waiting') {
      this.#open();
    }
    this.#connecting ??= deferred();
    return this.#connecting.promise;
  }

  /**
   * Joins a room, now or as soon as connected; the wish is kept over reconnects. Resolves with the Room.
   * @param {string} id
   * @param {{since?: {epoch: string, offset: number}, limit?: number}} [options] `since`: the position to go on from, everything after
   *   it comes as message events; without it the newest `limit` messages come in the history event
   */
  async join(id = 'lobby', { since = null, limit = null } = {}) {
    for (let known = this.#rooms.get(id); known !== undefined; known = this.#rooms.get(id)) {
      if (known.subscription.state !== 'leaving') return known.joined;
      await known.subscription.leave();
    }
    if (this.#state === 'closed') throw new FastChatError('closed', 'Not connected: call connect() first.', { room: id });
    const room = new Room(id, this.#host);
    const joined = deferred();
    const subscription = new Subscription(this.#host, room, { since, limit }, joined);
    Room.bind(room, subscription);
    this.#rooms.set(id, { room, subscription, joined: joined.promise });
    if (this.#state === 'connected') subscription.attach(this.#connection);
    return joined.promise;
  }

  /** Closes for good. What is not answered ends with outcome_unknown, what was not sent with closed. */
  close() {
    if (this.#state !== 'closed') this.#end(new FastChatError('closed', 'The client was closed'));
  }

  // ---- the life of connections ----

  async #open() {
    this.#clock.clearTimeout(this.#timer);
    const attempt = ++this.#attempts;
    this.#setState('connecting');
    if (this.#key === null && this.#user !== null && this.#options.keys !== undefined) {
      this.#keyLoad ??= Promise.resolve().then(() => this.#options.keys.load(this.#user)).catch(() => null);
      const key = await this.#keyLoad ?? null;
      if (this.#state !== 'connecting' || attempt !== this.#attempts) return; // closed meanwhile
      this.#key ??= key;
    }
    if (this.#state !== 'connecting') return; // a listener closed
    let connection = null;
    const owner = {
      opened: () => this.#opened(connection),
      received: (message) => this.#received(message),
      ended: (how) => this.#lost(how),
    };
    try {
      connection = new Connection({ url: this.#url, WebSocket: this.#WebSocket, clock: this.#clock, limits: this.#options }, owner);
    } catch (cause) {
      this.#end(new FastChatError('closed', `No connection can be made to ${this.#url}: ${cause.message}`, { cause }));
      return;
    }
    this.#connection = connection;
  }

  #opened(connection) {
    this.#timer = this.#clock.setTimeout(() => this.#backoff.reset(), this.#options.stableAfterMs);
    for (const { subscription } of [...this.#rooms.values()]) subscription.attach(connection);
    this.#setState('connected');
    this.#connecting?.resolve();
    this.#connecting = null;
  }

  #lost({ code, reason, reconnect = code < 4500 || code > 4999, delayMs = 0 }) {
    const error = new FastChatError('connection_lost', `The connection ended: ${code}${reason === '' ? '' : ` ${reason}`}`, { closeCode: code });
    if (!reconnect) {
      this.#end(new FastChatError('closed', `The gateway ended the connection for good: ${code}${reason === '' ? '' : ` ${reason}`}`, { closeCode: code }));
      return;
    }
    this.#clock.clearTimeout(this.#timer);
    this.#connection = null;
    for (const { subscription } of [...this.#rooms.values()]) subscription.detach();
    this.#failRequests(error);
    this.#wait(this.#backoff.next(delayMs), error);
  }

  #wait(delayMs, error) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#open(), delayMs);
    this.#setState('waiting', { delayMs, attempt: this.#backoff.failures, error });
  }

  #end(error) {
    this.#clock.clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = null;
    this.#stopWatching?.();
    this.#failRequests(error);
    for (const { subscription } of [...this.#rooms.values()]) subscription.end('closed', error.message);
    this.#backoff.reset();
    this.#connecting?.promise.catch(() => {}); // who did not keep connect()'s promise learns of it by the state
    this.#connecting?.reject(error);
    this.#connecting = null;
    this.#setState('closed', { error });
  }

  #setState(state, more = {}) {
    this.#state = state;
    emit(this, 'state', { state, ...more });
  }

  /** Browsers tell when the network comes and goes: come back at once, or find out whether the connection still works. */
  #watchNetwork() {
    if (typeof globalThis.addEventListener !== 'function') return null;
    const online = () => {
      if (this.#state === 'waiting') this.#wait(this.#backoff.soon());
      else this.#connection?.probe();
    };
    const offline = () => this.#connection?.probe();
    globalThis.addEventListener('online', online);
    globalThis.addEventListener('offline', offline);
    return () => {
      globalThis.removeEventListener('online', online);
      globalThis.removeEventListener('offline', offline);
    };
  }

  // ---- what the gateway tells ----

  #received(message) {
    if (message.type === 'error') {
      this.#refused(message);
    } else if (ANSWERS.has(message.type) && this.#requests.has(message.id)) {
      this.#answer(message.id)?.resolve(message);
    } else {
      this.#rooms.get(message.room)?.subscription.received(message);
    }
  }

  #refused({ code, message, ...more }) {
    const error = new FastChatError(code, message, more);
    const request = this.#answer(error.id);
    if (request !== undefined) {
      request.reject(error);
      return;
    }
    for (const { subscription } of [...this.#rooms.values()]) {
      if (subscription.refused(error)) return;
    }
    const room = this.#rooms.get(error.room)?.room;
    if (room !== undefined) emit(room, 'error', error);
    emit(this, 'error', error);
  }

  /** Sends a command and waits for its answer: a list, a page, or the ack of what is not kept. */
  #ask(connection, id, room, bytes) {
    if (this.#requests.size >= this.#options.publishesMax) {
      return Promise.reject(new FastChatError('queue_full', `${this.#requests.size} commands are unanswered.`, { room, id }));
    }
    const request = deferred();
    const timer = this.#clock.setTimeout(() => {
      this.#answer(id)?.reject(new FastChatError('timeout', `No answer within ${this.#options.requestTimeoutMs / 1000} s.`, { room, id }));
    }, this.#options.requestTimeoutMs);
    this.#requests.set(id, { ...request, timer });
    connection.send(bytes);
    return request.promise;
  }

  /** Takes an unanswered request out. */
  #answer(id) {
    const request = this.#requests.get(id);
    if (request === undefined) return undefined;
    this.#requests.delete(id);
    this.#clock.clearTimeout(request.timer);
    return request;
  }

  #failRequests(error) {
    for (const id of [...this.#requests.keys()]) this.#answer(id).reject(error);
  }

  #identified({ user, key }) {
    const asked = this.#options.user ?? user;
    this.#user = user;
    if (key === null || key === this.#key) return;
    this.#key = key;
    Promise.resolve().then(() => this.#options.keys?.save(asked, key)).catch(() => {}); // kept in memory, at least
  }
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

function socketUrl(given) {
  let url;
  try {
    url = new URL(given, globalThis.location?.href);
  } catch (cause) {
    throw new FastChatError('invalid_field', `${given} is no URL.`, { cause });
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new FastChatError('invalid_field', `${given}: the URL's scheme must be ws, wss, http or https.`);
  if (url.pathname === '/') url.pathname = '/ws';
  url.hash = '';
  return url.href;
}
