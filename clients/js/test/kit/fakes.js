// A clock that stands still until told, and a WebSocket whose other end is the test.
import { decodeMulti, encode } from '@msgpack/msgpack';

export class FakeClock {
  #now = 0;
  #timers = new Map();
  #last = 0;

  now = () => this.#now;
  setTimeout = (action, delayMs) => {
    this.#timers.set(++this.#last, { action, at: this.#now + delayMs });
    return this.#last;
  };
  clearTimeout = (timer) => { this.#timers.delete(timer); };

  get timers() {
    return this.#timers.size;
  }

  /** Lets time pass, timers due on the way in their order, and promises settle after each. */
  async advance(ms) {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (due === undefined) break;
      const [timer, { action, at }] = due;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      action();
      await settled();
    }
    this.#now = end;
  }
}

/** All promise reactions that are due have run. */
export function settled() {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** Makes a WebSocket class; `sockets` holds what the client made of it, newest last. */
export function fakeWebSocket() {
  return class FakeSocket {
    static sockets = [];
    static get last() {
      return this.sockets.at(-1);
    }

    readyState = 0;
    /** Commands that the client sent. */
    sent = [];
    closedWith = null;

    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      FakeSocket.sockets.push(this);
    }

    send(bytes) {
      for (const command of decodeMulti(bytes)) this.sent.push(command);
    }

    close(code) {
      this.closedWith ??= code;
      this.readyState = 3;
    }

    // The other end:
    open() {
      this.readyState = 1;
      this.onopen?.({});
    }

    receive(...messages) {
      const bytes = Buffer.concat(messages.map((message) => encode(message)));
      this.receiveBytes(bytes);
    }

    receiveBytes(bytes) {
      this.onmessage?.({ data: new Uint8Array(bytes).buffer });
    }

    end(code = 1006, reason = '') {
      this.readyState = 3;
      this.onclose?.({ code, reason });
    }
  };
}
