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

/**
 * The publishes of one room that are not settled, oldest first.
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

  /** Queues; the promise ends with the ack, a refusal or the timeout. */
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
      this.#pending.set(id, { id, bytes, sentOn: null, sent: false, resolve, reject, timer });
    });
  }

  /** Sends, in order, all that this connection has not had. */
  flush(connection) {
    for (const publish of this.#pending.values()) {
      if (publish.sentOn === connection) continue;
      publish.sentOn = connection;
      publish.sent = true;
      connection.send(publish.bytes);
    }
  }

  /** The log has it, as an ack or the message itself shows. */
  settle(id, epoch, offset) {
    this.#take(id)?.resolve({ room: this.#room, epoch, offset, id });
  }

  /** It was refused. Returns whether it was one of these. */
  refuse(id, error) {
    const publish = this.#take(id);
    publish?.reject(error);
    return publish !== undefined;
  }

  /** Nothing more will be sent or answered. */
  end(code, message) {
    for (const { id, sent } of [...this.#pending.values()]) {
      this.refuse(id, sent
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
    return publish;
  }
}
