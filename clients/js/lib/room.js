import { Emitter } from './emitter.js';
import { FastChatError } from './errors.js';
import { presenceOf, publicationOf } from './subscription.js';
import { encodeMessage, FLAG, TYPE } from './wire.js';

const ID_BYTES_MAX = 64;
const utf8 = new TextEncoder();

/** A joined room. Its events: message, history, join, leave, typing, presence, gap, error. Made by FastChat.join. */
export class Room extends Emitter {
  #id;
  #host;
  #subscription = null;

  constructor(id, host) {
    super();
    this.#id = id;
    this.#host = host;
  }

  /** Not for applications: FastChat hands the room its subscription. */
  static bind(room, subscription) {
    room.#subscription = subscription;
  }

  get id() {
    return this.#id;
  }

  /** joining (also while reconnecting), joined, leaving or left. */
  get state() {
    return this.#subscription.state;
  }

  /** {epoch, offset} of the last publication told, or null. Give it to a later join as `since` to go on from there. */
  get position() {
    const position = this.#subscription.position;
    return position === null ? null : { ...position };
  }

  /**
   * Publishes text, or data, or both. Resolves with {room, epoch, offset, id} once the log has it. While the connection is away it
   * waits, within the limits, and is sent after what came before it. An ephemeral one does not wait: it resolves once the gateway
   * has taken it, with epoch and offset null.
   */
  async publish(message) {
    const { text = null, data = null, kind = null, id = this.#host.nextId(), ephemeral = false, excludeSelf = false } =
      typeof message === 'string' ? { text: message } : message;
    const invalid = (what, cause) => new FastChatError('invalid_field', what, { room: this.#id, id: typeof id === 'string' ? id : null, cause });
    if ((text === null || text === '') && data === null) throw invalid('A message carries text or data.');
    if (text !== null && typeof text !== 'string') throw invalid('text is not a string.');
    if (kind !== null && typeof kind !== 'string') throw invalid('kind is not a string.');
    if (typeof id !== 'string' || id === '' || utf8.encode(id).length > ID_BYTES_MAX) throw invalid(`id is not text of 1 to ${ID_BYTES_MAX} bytes.`);

    const flags = (ephemeral ? FLAG.ephemeral : 0) | (excludeSelf ? FLAG.excludeSelf : 0);
    let bytes;
    try {
      bytes = encodeMessage(TYPE.msg, id, this.#id, text, data, kind, flags === 0 ? null : flags);
    } catch (error) {
      throw invalid(`data has no form in MessagePack: ${error.message}`, error);
    }
    if (!ephemeral) return this.#subscription.publish(id, bytes);
    await this.#host.ask(this.#live('not_sent'), id, this.#id, bytes);
    return { room: this.#id, epoch: null, offset: null, id };
  }

  /** Tells the others that this person types (true) or stopped; nothing happens while the connection is away. */
  typing(on = true) {
    this.#subscription.live?.send(encodeMessage(TYPE.typing, this.#id, on ? null : false));
  }

  /** A page of who is here: {room, version, count, users, next}; `next` is the cursor of the page after it, or null. */
  async presence({ cursor = null } = {}) {
    return presenceOf(await this.#host.request(this.#live('not_joined'), TYPE.presence, this.#id, cursor));
  }

  /** A page of older messages, ascending: {messages, more, epoch, offset}; `offset` is the room's newest. */
  async history({ before = null, limit = null } = {}) {
    const { messages, more, epoch, offset } = await this.#host.request(this.#live('not_joined'), TYPE.history, this.#id, before, limit);
    return { messages: messages.map(publicationOf), more, epoch, offset };
  }

  /** Leaves; ends once the gateway has said so or the connection is gone. */
  leave() {
    return this.#subscription.leave();
  }

  #live(code) {
    const { live } = this.#subscription;
    if (live === null) throw new FastChatError(code, 'The room is not joined at the moment.', { room: this.#id });
    return live;
  }
}
