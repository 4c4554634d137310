/**
 * How long to wait before coming back: full jitter, that is, evenly spread between nothing and a bound that doubles with each
 * failure. Spread from the first retry on: all clients of a gateway lose it at the same moment.
 */
export class Backoff {
  #baseMs;
  #capMs;
  #random;
  #failures = 0;

  constructor(baseMs, capMs, random) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** Failures since the last reset. */
  get failures() {
    return this.#failures;
  }

  /** Milliseconds until the next try; `delayMs`, when the gateway names one, is kept to. */
  next(delayMs = 0) {
    const boundMs = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return delayMs > 0 ? delayMs : Math.round(this.#random() * boundMs);
  }

  /** Milliseconds to spread those who learn of the same good news; counts as no failure. */
  soon() {
    return Math.round(this.#random() * this.#baseMs);
  }

  reset() {
    this.#failures = 0;
  }
}
