import { emit } from './emitter.js';
import { FastChatError } from './errors.js';
import { Outbox } from './outbox.js';
import { encodeMessage, TYPE } from './wire.js';

/** Refusals of a join that pass by themselves: the room is asked for again. */
const PASSING = new Set(['rate_limited', 'overloaded', 'room_unavailable', 'outcome_unknown']);
const JOIN_RETRY_MS = 2000;

/**
 * The wish to be in a room, kept over any number of connections: joins, resumes from its position, tells each offset once.
 *
 * Invariants: the position is moved by deliveries alone. Nothing is published while earlier publishes are in doubt, that is, until
 * what was stored before the connection was lost has come back as messages.
 */
export class Subscription {
  state = 'joining';
  /** Epoch and offset of the last publication told; null before the first answer. */
  position;
  /** The connection whose answer to the join has come. */
  live = null;
  #client;
  #room;
  #limit;
  #outbox;
  #waiter;
  #joinId = null;
  #asked = null;
  #timer = null;
  /** Where the log was when catching up began; publishes in doubt wait until the position is there. */
  #head = null;
  #leaving = null;

  /**
   * @param client what a subscription needs of FastChat: see `#host` there
   * @param room the Room that the application sees; events go through it
   * @param waiter {resolve, reject} of the application's join
   */
  constructor(client, room, { since, limit }, waiter) {
    this.#client = client;
    this.#room = room;
    this.#limit = limit ?? null;
    this.#waiter = waiter;
    this.position = since === null ? null : { epoch: since.epoch, offset: since.offset };
    this.#outbox = new Outbox(room.id, client.budget, client.clock, client.limits.publishTimeoutMs);
  }

  /** A connection is open: ask for the room. */
  attach(connection) {
    const { user, key, token } = this.#client.identity();
    this.#joinId = this.#client.nextId();
    this.#asked = this.position;
    const since = this.#asked === null ? null : [this.#asked.epoch, this.#asked.offset];
    this.#setTimer(() => connection.drop('no answer to a join'), this.#client.limits.requestTimeoutMs);
    connection.send(encodeMessage(TYPE.join, this.#joinId, this.#room.id, user, key, token, since, this.#limit));
  }

  /** The connection is lost: keep everything for the next one. */
  detach() {
    this.#setTimer(null);
    this.#joinId = this.live = this.#head = null;
    this.#outbox.close();
    if (this.state === 'leaving') this.end('not_joined', 'The room was left');
    else this.state = 'joining';
  }

  /** Over, for whatever reason; what waits is told. */
  end(code, message) {
    if (this.state === 'left') return;
    this.state = 'left';
    this.#setTimer(null);
    this.live = this.#head = null;
    this.#client.forget(this.#room.id, this);
    this.#waiter?.reject(new FastChatError(code, `${message}.`, { room: this.#room.id }));
    this.#waiter = null;
    this.#outbox.end(code, message);
    this.#leaving?.resolve();
  }

  // ---- what the application asks ----

  publish(id, bytes) {
    if (this.state === 'left' || this.state === 'leaving') {
      return Promise.reject(new FastChatError('not_joined', 'The room was left.', { room: this.#room.id, id }));
    }
    return this.#outbox.add(id, bytes);
  }

  leave() {
    if (this.state === 'left') return Promise.resolve();
    if (this.#leaving === null) {
      let resolve;
      const promise = new Promise((done) => { resolve = done; });
      this.#leaving = { promise, resolve };
      const connection = this.#client.connection();
      if (connection === null || this.#joinId === null) {
        this.end('not_joined', 'The room was left');
      } else {
        this.state = 'leaving';
        this.#setTimer(() => connection.drop('no answer to a leave'), this.#client.limits.requestTimeoutMs);
        connection.send(encodeMessage(TYPE.leave, this.#client.nextId(), this.#room.id));
      }
    }
    return this.#leaving.promise;
  }

  // ---- what the gateway tells ----

  received(message) {
    switch (message.type) {
      case 'ack':
        this.#outbox.settle(message.id, message.epoch, message.offset);
        break;
      case 'history':
        if (message.id === this.#joinId && this.live === null && this.state === 'joining') this.#answered(message);
        break;
      case 'leave':
        this.#tell('leave', { room: message.room, user: message.user, ts: message.ts });
        if (this.state === 'leaving' && message.user === this.#client.identity().user) this.end('not_joined', 'The room was left');
        break;
      case 'join':
        this.#tell('join', { room: message.room, user: message.user, ts: message.ts });
        break;
      case 'typing':
        this.#tell('typing', { room: message.room, user: message.user, on: message.on });
        break;
      case 'presence':
        this.#tell('presence', presenceOf(message));
        break;
      default:
        if (this.live !== null) this.#deliver(message);
    }
  }

  /** The gateway refused something with this id; returns whether it is this room's. */
  refused(error) {
    if (error.id === null) return false;
    if (error.id !== this.#joinId) return this.#outbox.refuse(error.id, error);
    if (this.state === 'leaving') {
      this.end('not_joined', 'The room was left');
    } else if (this.#waiter === null && PASSING.has(error.code)) {
      const connection = this.#client.connection();
      this.#setTimer(() => this.attach(connection), error.retryAfterMs ?? JOIN_RETRY_MS);
    } else {
      const waiter = this.#waiter;
      this.#waiter = null;
      this.end(error.code, error.message);
      if (waiter !== null) waiter.reject(error);
      else this.#tell('error', error);
    }
    return true;
  }

  // ---- joining and catching up ----

  /** The answer to the join. What it brings is told like any delivery, after the application could add its listeners. */
  #answered(history) {
    const connection = this.#client.connection();
    const { messages, ...head } = history;
    this.#setTimer(null);
    this.state = 'joined';
    this.live = connection;
    if (history.you !== null) this.#client.identified(history.you);

    const since = this.#asked;
    const page = [{ ...head, type: 'page', since, messages: since === null ? messages : [] }];
    if (since === null) {
      this.position = { epoch: history.epoch, offset: history.offset };
    } else {
      if (!history.recovered) page.push(lossBefore(history, since));
      page.push(...messages, { type: 'position', room: history.room, epoch: history.epoch, offset: history.offset });
    }
    page.push({ type: 'pageEnd', room: history.room, more: since !== null && history.more });
    connection.unshift(page);

    if (!this.#outbox.isUncertain) this.#outbox.open(connection);
    if (this.#waiter !== null) {
      connection.pause();
      this.#waiter.resolve(this.#room);
      this.#waiter = null;
    }
  }

  #deliver(message) {
    switch (message.type) {
      case 'msg':
        this.#publication(message);
        break;
      case 'position':
        this.#moves(message.epoch, message.offset);
        break;
      case 'gap':
        this.#gap(message);
        break;
      case 'page': {
        const { type, id, ...told } = message;
        for (const entry of told.messages) this.#settleOwn(entry);
        this.#tell('history', { ...told, messages: told.messages.map(publicationOf) });
        break;
      }
      case 'loss':
        this.position = message.position;
        this.#tell('gap', message.gap);
        break;
      case 'pageEnd':
        this.#pageEnd(message.more);
        break;
      default: // a type that says nothing to a room
    }
    if (this.#head !== null) this.#checkHead();
  }

  #publication(message) {
    this.#settleOwn(message);
    if (message.offset === null || this.#moves(message.epoch, message.offset)) this.#tell('message', publicationOf(message));
  }

  /** An own message that comes back is stored, acked or not. */
  #settleOwn({ id, epoch, offset }) {
    if (id !== null && offset !== null) this.#outbox.settle(id, epoch, offset);
  }

  /** Moves the position to a delivery, and tells the hole before it if there is one; false: it was there already. */
  #moves(epoch, offset) {
    const { epoch: oldEpoch, offset: oldOffset } = this.position;
    if (epoch === oldEpoch && offset <= oldOffset) return false;
    this.position = { epoch, offset };
    if (epoch !== oldEpoch) this.#tell('gap', { room: this.#room.id, epoch: oldEpoch, from: oldOffset + 1, to: null });
    else if (offset > oldOffset + 1) this.#tell('gap', { room: this.#room.id, epoch, from: oldOffset + 1, to: offset - 1 });
    return true;
  }

  #gap({ room, epoch, from, to }) {
    const sameEpoch = epoch === this.position.epoch;
    if (sameEpoch && to <= this.position.offset) return; // told already
    const start = sameEpoch ? this.position.offset + 1 : from;
    this.position = { epoch, offset: to };
    this.#tell('gap', { room, epoch, from: start, to });
  }

  /** The first page is told. With more to come, where the log ends is asked, to know when publishes in doubt are decided. */
  #pageEnd(more) {
    const connection = this.live;
    if (this.#outbox.isOpen) return;
    if (!more || !this.#outbox.isUncertain) {
      this.#outbox.open(connection);
      return;
    }
    this.#client.request(connection, TYPE.history, this.#room.id, null, 1).then(
      ({ epoch, offset }) => {
        if (this.live !== connection) return;
        this.#head = { epoch, offset };
        this.#checkHead();
      },
      // Not told: send, the gateway knows repeated ids.
      () => { if (this.live === connection) this.#outbox.open(connection); },
    );
  }

  #checkHead() {
    const { epoch, offset } = this.position;
    if (epoch === this.#head.epoch && offset < this.#head.offset) return;
    this.#head = null;
    this.#outbox.open(this.live);
  }

  #tell(type, detail) {
    emit(this.#room, type, detail);
    this.#client.tell(type, detail);
  }

  #setTimer(action, delayMs) {
    this.#client.clock.clearTimeout(this.#timer);
    this.#timer = action === null ? null : this.#client.clock.setTimeout(action, delayMs);
  }
}

/** What the application sees of a publication. */
export function publicationOf({ type, ...publication }) {
  return publication;
}

/** What the application sees of a list of who is present. */
export function presenceOf({ room, version, count, users, next }) {
  return { room, version, count, users, next };
}

/**
 * A resume that did not recover: from the position on, everything up to what the answer brings may be lost. How much that is
 * can be said only within one epoch.
 */
function lossBefore(history, since) {
  const offset = history.messages.length > 0 ? history.messages[0].offset - 1 : history.offset;
  const known = history.epoch === since.epoch && offset > since.offset;
  return {
    type: 'loss',
    room: history.room,
    position: { epoch: history.epoch, offset },
    gap: { room: history.room, epoch: since.epoch, from: since.offset + 1, to: known ? offset : null },
  };
}
