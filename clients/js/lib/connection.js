import { decodeMessages, encodeMessage, SUBPROTOCOL, TYPE } from './wire.js';

const PING = encodeMessage(TYPE.ping);
const PONG = encodeMessage(TYPE.pong);

/**
 * One WebSocket from opening to loss. It tells its owner `opened()` at most once, then each `received(message)` in order, then
 * `ended(how)` exactly once and nothing after it.
 *
 * Invariant: what came before the loss is told before the loss, paused or not.
 */
export class Connection {
  #socket;
  #owner;
  #clock;
  #limits;
  /** Received and not yet told; the loss itself comes last, as a function. */
  #input = [];
  #draining = false;
  #pauseTimer = null;
  /** No more is taken from the socket. */
  #deaf = false;
  #ended = false;
  #heardAt;
  /** Runs out when the handshake takes too long, then when the peer was silent too long. */
  #timer;
  #pinged = false;

  /**
   * @param {{url: string, WebSocket: any, clock: any, limits: {connectTimeoutMs: number, pingAfterMs: number, pongTimeoutMs: number}}} how
   * @param {{opened(): void, received(message: object): void, ended(how: object): void}} owner
   */
  constructor({ url, WebSocket, clock, limits }, owner) {
    this.#owner = owner;
    this.#clock = clock;
    this.#limits = limits;
    this.#heardAt = clock.now();
    this.#socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = (event) => this.#heard(event.data);
    this.#socket.onclose = (event) => this.#lost({ code: event.code, reason: String(event.reason ?? '') });
    this.#socket.onerror = () => {}; // a close event follows; without a listener `ws` would throw
    this.#timer = clock.setTimeout(() => this.drop('no answer to the handshake'), limits.connectTimeoutMs);
  }

  /** Sends bytes that `encodeMessage` made. Whether they arrive shows in what is answered. */
  send(bytes) {
    if (!this.#deaf && this.#socket.readyState === 1) this.#socket.send(bytes);
  }

  /** Tells what follows only in a later turn of the event loop, so that who awaits an answer can first add listeners. */
  pause() {
    if (this.#pauseTimer !== null || this.#ended) return;
    this.#pauseTimer = this.#clock.setTimeout(() => {
      this.#pauseTimer = null;
      this.#drain();
    }, 0);
  }

  /** Puts messages in front of what is still to be told. */
  unshift(messages) {
    this.#input.unshift(...messages);
  }

  /** Asks for a sign of life now: the network may have changed under the connection. */
  probe() {
    if (this.#deaf || this.#socket.readyState !== 1 || this.#pinged) return;
    this.#ping();
  }

  /** Ends it as lost, without waiting for the peer; `ended` is told at once. */
  drop(reason) {
    this.#lost({ code: 1006, reason });
    this.#socket.terminate?.(); // `ws` would keep the process alive for as long as it waits for the dead peer's answer
  }

  /** Ends it for good: what is not yet told is dropped, and `ended` is not told. */
  close() {
    this.#ended = true;
    this.#silence();
    this.#input.length = 0;
    this.#clock.clearTimeout(this.#pauseTimer);
  }

  #opened() {
    if (this.#deaf) return;
    this.#heardAt = this.#clock.now();
    this.#clock.clearTimeout(this.#timer);
    this.#watch(this.#limits.pingAfterMs);
    this.#owner.opened();
  }

  #heard(data) {
    if (this.#deaf) return;
    this.#heardAt = this.#clock.now();
    if (this.#pinged) {
      this.#pinged = false;
      this.#clock.clearTimeout(this.#timer);
      this.#watch(this.#limits.pingAfterMs);
    }
    if (!(data instanceof ArrayBuffer)) {
      this.#lost({ code: 1003, reason: 'the gateway sent text' });
      return;
    }
    let messages;
    try {
      messages = decodeMessages(new Uint8Array(data));
    } catch (error) {
      this.#lost({ code: 1002, reason: error.message });
      return;
    }
    for (const message of messages) this.#input.push(message);
    this.#drain();
  }

  #lost(how) {
    if (this.#deaf) return;
    this.#silence();
    this.#input.push(() => {
      this.#ended = true;
      this.#owner.ended(how);
    });
    this.#drain();
  }

  /** Lets go of the socket; its timers too, so that nothing keeps a process alive. */
  #silence() {
    if (this.#deaf) return;
    this.#deaf = true;
    this.#clock.clearTimeout(this.#timer);
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
  }

  #drain() {
    if (this.#draining) return; // a listener did something that led back here; the loop below goes on with it
    this.#draining = true;
    try {
      while (this.#input.length > 0 && this.#pauseTimer === null && !this.#ended) {
        const next = this.#input.shift();
        if (typeof next === 'function') next();
        else if (next.type === 'ping') this.send(PONG);
        else if (next.type === 'close') this.#closedByPeer(next);
        else if (next.type !== 'pong') this.#owner.received(next);
      }
    } finally {
      this.#draining = false;
    }
  }

  /** The peer's last message: nothing that follows counts, its close code included. */
  #closedByPeer({ code, reason, reconnect, delayMs }) {
    this.#ended = true;
    this.#silence();
    this.#input.length = 0;
    this.#owner.ended({ code, reason, reconnect, delayMs });
  }

  /** One timer serves the silence: it is set anew only when it runs out, not for every message. */
  #watch(delayMs) {
    this.#timer = this.#clock.setTimeout(() => {
      const silentMs = this.#clock.now() - this.#heardAt;
      if (silentMs >= this.#limits.pingAfterMs) this.#ping();
      else this.#watch(this.#limits.pingAfterMs - silentMs);
    }, delayMs);
  }

  #ping() {
    this.#clock.clearTimeout(this.#timer);
    this.#pinged = true;
    this.send(PING);
    this.#timer = this.#clock.setTimeout(() => this.drop('no answer to a ping'), this.#limits.pongTimeoutMs);
  }
}
