import { FastChatError } from './errors.js';

/** What a client may hold unanswered, over all its rooms. */
export class Budget {
  constructor(publishesMax, bytesMax) {
    this.publishesMax = publishesMax;
    this.bytesMax = bytesMax;
    this.publishes = 0;
    this.bytes = 0;
  }

  /** Whether it fitted; what was taken is given back. */
  take(bytes) {
    if (this.publishes + 1 > this.publishesMax || this.bytes + bytes > this.bytesMax) return false;
    this.publishes += 1;
    this.bytes += bytes;
    return true;
  }

  give(bytes) {
    this.publishes -= 1;
    this.bytes -= bytes;
  }
}

/** Until a publish that was refused as too fast is tried again, when the gateway does not say. */
const RETRY_AFTER_MS = 1000;

/**
 * The publishes of one room that are not settled, oldest first. While a connection is open they go out at once. What waited for
 * the connection goes out one by one, each after the answer to the one before, and is sent again when it was too fast: a crowd
 * that comes back must be neither reordered nor expelled for the haste of its client.
 *
 * Invariant: what was sent before the connection was lost stands in front of what was never sent, and goes out again first.
 */
export class Outbox {
  #room;
  #budget;
  #clock;
  #timeoutMs;
  /** id → {id, bytes, sentOn, sent, resolve, reject, timer}, in the order of publishing. */
  #pending = new Map();
  /** The connection to send on; null while there is none or it may not be used yet. */
  #connection = null;
  /** Ids of what waited for this connection. */
  #waited = new Set();
  /** Between those, once the gateway found them too fast. */
  #spacingMs = 0;
  #spacingTimer = null;

  constructor(room, budget, clock, timeoutMs) {
    this.#room = room;
    this.#budget = budget;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether something may or may not have reached the log over a connection that is gone. */
  get isUncertain() {
    for (const publish of this.#pending.values()) return publish.sent;
    return false;
  }

  get isOpen() {
    return this.#connection !== null;
  }

  /** From now on what is published goes out on this connection; first what waits. */
  open(connection) {
    this.#connection = connection;
    this.#waited = new Set(this.#pending.keys());
    this.#spacingMs = 0;
    this.#sendDue();
  }

  /** The connection is lost. */
  close() {
    this.#connection = null;
    this.#clock.clearTimeout(this.#spacingTimer);
    this.#spacingTimer = null;
  }

  /** The promise ends with the ack, a refusal or the timeout. */
  add(id, bytes) {
    if (this.#pending.has(id)) {
      return Promise.reject(new FastChatError('invalid_field', `The id ${id} is in use by a publish that is not yet answered.`, { room: this.#room, id }));
    }
    if (!this.#budget.take(bytes.length)) {
      return Promise.reject(new FastChatError('queue_full',
        `${this.#budget.publishes} publishes (${this.#budget.bytes} bytes) are unanswered; the limits are ${this.#budget.publishesMax} and ${this.#budget.bytesMax} bytes.`,
        { room: this.#room, id }));
    }
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.#timedOut(id), this.#timeoutMs);
      const publish = { id, bytes, sentOn: null, sent: false, resolve, reject, timer };
      this.#pending.set(id, publish);
      if (this.#connection !== null && this.#waited.size === 0) this.#send(publish);
    });
  }

  /** The log has it, as an ack or the message itself shows. */
  settle(id, epoch, offset) {
    this.#take(id)?.resolve({ room: this.#room, epoch, offset, id });
  }

  /** It was refused. Returns whether it was one of these. */
  refuse(id, error) {
    if (error.code === 'rate_limited' && this.#waited.has(id)) {
      this.#pending.get(id).sentOn = null;
      this.#spacingMs = Math.max(this.#spacingMs, error.retryAfterMs ?? RETRY_AFTER_MS);
      this.#space();
      return true;
    }
    const publish = this.#take(id);
    publish?.reject(error);
    return publish !== undefined;
  }

  /** Nothing more will be sent or answered. */
  end(code, message) {
    this.close();
    for (const { id, sent, reject } of [...this.#pending.values()]) {
      this.#take(id);
      reject(sent
        ? new FastChatError('outcome_unknown', `${message} before the answer: it may or may not be stored.`, { room: this.#room, id })
        : new FastChatError(code, `${message} before it was sent.`, { room: this.#room, id }));
    }
  }

  #timedOut(id) {
    const { sent } = this.#pending.get(id);
    const seconds = this.#timeoutMs / 1000;
    this.refuse(id, sent
      ? new FastChatError('outcome_unknown', `No answer within ${seconds} s: it may or may not be stored. Repeating it with the same id is safe.`, { room: this.#room, id })
      : new FastChatError('not_sent', `Could not be sent within ${seconds} s; it is not stored.`, { room: this.#room, id }));
  }

  #take(id) {
    const publish = this.#pending.get(id);
    if (publish === undefined) return undefined;
    this.#pending.delete(id);
    this.#budget.give(publish.bytes.length);
    this.#clock.clearTimeout(publish.timer);
    if (this.#waited.delete(id) && this.#connection !== null) {
      if (this.#spacingMs > 0 && this.#waited.size > 0) this.#space();
      else this.#sendDue();
    }
    return publish;
  }

  /** The oldest of what waited, or, when all that is settled, everything. */
  #sendDue() {
    const [oldest] = this.#waited;
    const due = oldest === undefined ? this.#pending.values() : [this.#pending.get(oldest)];
    for (const publish of due) if (publish.sentOn !== this.#connection) this.#send(publish);
  }

  #send(publish) {
    publish.sentOn = this.#connection;
    publish.sent = true;
    this.#connection.send(publish.bytes);
  }

  #space() {
    if (this.#spacingTimer !== null) return;
    this.#spacingTimer = this.#clock.setTimeout(() => {
      this.#spacingTimer = null;
      this.#sendDue();
    }, this.#spacingMs);
  }
}
