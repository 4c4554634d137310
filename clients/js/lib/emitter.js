/** An event whose content is `detail` (CustomEvent is not global in Node 18). */
class ChatEvent extends Event {
  constructor(type, detail) {
    super(type);
    this.detail = detail;
  }
}

/** An EventTarget with a short form: `on` gives the listener the content itself and returns how to stop. */
export class Emitter extends EventTarget {
  /**
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} takes the listener off again
   */
  on(type, listener) {
    const wrapped = (event) => listener(event.detail);
    this.addEventListener(type, wrapped);
    return () => this.removeEventListener(type, wrapped);
  }
}

/** Tells the listeners now, in the order in which they were added; one that throws does not stop the others. */
export function emit(target, type, detail) {
  target.dispatchEvent(new ChatEvent(type, detail));
}
