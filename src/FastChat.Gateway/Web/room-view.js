import { FastChatError } from '/client/fastchat.js';
import { Log } from './log.js';

const TYPING_SHOWN_MS = 5000;
const TYPING_EVERY_MS = 2000;
const PEOPLE_MAX = 1000;
const EARLIER_PAGE = 100;
const PASSING_NOTE_MS = 6000;

/** One joined room on the page: its log, its people, its draft. Tells `onChange(what)` when something beside the log changed. */
export class RoomView {
  log;
  unread = 0;
  draft = '';
  /** What is said next to the composer: {text, until?} or null. */
  note = null;
  /** Names, or the first thousand of them. */
  people = new Set();
  count = 0;
  joined = false;
  #id;
  #chat;
  #room = null;
  #joining = null;
  #onChange;
  #idPrefix = crypto.getRandomValues(new Uint32Array(3)).reduce((prefix, word) => prefix + word.toString(36), '') + '-';
  #typing = new Map();
  #typingSentAt = -Infinity;
  #sent = 0;

  constructor(id, chat, onChange) {
    this.#id = id;
    this.#chat = chat;
    this.#onChange = onChange;
    this.log = new Log(id, () => this.#loadEarlier());
  }

  get id() {
    return this.#id;
  }

  get typing() {
    return [...this.#typing.keys()];
  }

  /** Joins; the log fills by itself from then on. */
  join() {
    this.#joining ??= this.#join();
    return this.#joining;
  }

  async #join() {
    const room = await this.#chat.join(this.#id);
    this.#room = room;
    this.joined = true;
    room.on('history', (history) => this.#history(history));
    room.on('message', (message) => this.#message(message));
    room.on('gap', (gap) => this.log.addGap(gap));
    room.on('join', ({ user }) => this.#came(user));
    room.on('leave', ({ user }) => this.#went(user));
    room.on('typing', ({ user, on }) => this.#types(user, on));
    room.on('presence', ({ count }) => {
      this.count = count;
      this.#onChange('people');
    });
  }

  leave() {
    this.joined = false;
    for (const timer of this.#typing.values()) clearTimeout(timer);
    this.#typing.clear();
    this.log.element.remove();
    return this.#room?.leave();
  }

  /** Sends what was typed and shows it as on its way. */
  send(text) {
    this.#deliver(`${this.#idPrefix}${this.#sent++}`, text);
    this.stopTyping();
  }

  /** Something was typed. */
  types() {
    const now = performance.now();
    if (now - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = now;
    this.#room?.typing();
  }

  stopTyping() {
    if (performance.now() - this.#typingSentAt < TYPING_SHOWN_MS) this.#room?.typing(false);
    this.#typingSentAt = -Infinity;
  }

  say(text, forMs = null) {
    const note = text === null ? null : { text };
    this.note = note;
    this.#onChange('note');
    if (forMs !== null) setTimeout(() => { if (this.note === note) this.say(null); }, forMs);
  }

  async #deliver(id, text) {
    this.log.addPending(id, { user: this.#chat.user, text });
    try {
      if (this.#room === null) throw new FastChatError('not_joined', 'The room is not joined.');
      const { offset } = await this.#room.publish({ id, text });
      this.log.acked(id, offset);
      if (this.note !== null) this.say(null);
    } catch (error) {
      this.#undelivered(id, text, error);
    }
  }

  #undelivered(id, text, error) {
    if (error.code === 'closed') return; // signed out: the page is gone with it
    this.log.failed(id, problemOf(error), () => this.#deliver(id, text));
    if (error.code === 'rate_limited') this.#sayRateLimit(error.retryAfterMs);
    else this.say(problemOf(error), PASSING_NOTE_MS);
  }

  #sayRateLimit(retryAfterMs) {
    const waitMs = Math.max(1000, retryAfterMs ?? 1000);
    this.say(`You are sending too fast. Try again in ${Math.ceil(waitMs / 1000)} s.`, Math.max(waitMs, 3000));
  }

  // ---- what the room tells ----

  #history({ since, messages, more }) {
    if (since === null) {
      for (const message of messages) this.log.add(message);
      this.log.hasEarlier = more;
    }
    this.log.toEnd();
    setTimeout(() => this.log.readOut(), 0);
    this.#loadPeople();
  }

  #message(message) {
    if (message.offset === null && message.kind !== 'chat') return; // a signal between programs
    this.#types(message.user, false);
    this.log.add(message);
    this.#onChange('message', message);
  }

  #came(user) {
    if (this.people.has(user)) return;
    this.people.add(user);
    this.count += 1;
    this.#onChange('people');
    if (user !== this.#chat.user) this.log.addNotice(`${user} joined`);
  }

  #went(user) {
    if (user === this.#chat.user || !this.people.delete(user)) return;
    this.count = Math.max(this.people.size, this.count - 1);
    this.#types(user, false);
    this.#onChange('people');
    this.log.addNotice(`${user} left`);
  }

  #types(user, on) {
    if (user === this.#chat.user) return;
    clearTimeout(this.#typing.get(user));
    if (on && this.#typing.size < PEOPLE_MAX) this.#typing.set(user, setTimeout(() => this.#types(user, false), TYPING_SHOWN_MS));
    else if (!this.#typing.delete(user)) return;
    this.#onChange('typing');
  }

  async #loadPeople() {
    const people = new Set();
    try {
      let page = await this.#room.presence();
      for (;;) {
        for (const user of page.users ?? []) people.add(user);
        if (page.next === null || people.size >= PEOPLE_MAX) break;
        page = await this.#room.presence({ cursor: page.next });
      }
      this.people = people;
      this.count = Math.max(page.count, people.size);
      this.#onChange('people');
    } catch {
      // The connection went, and the next answer to a join asks again; or the gateway keeps no lists.
    }
  }

  async #loadEarlier() {
    try {
      const { messages, more } = await this.#room.history({ before: this.log.firstOffset, limit: EARLIER_PAGE });
      this.log.addEarlier(messages);
      this.log.hasEarlier = more;
    } catch (error) {
      this.say(problemOf(error), PASSING_NOTE_MS);
    }
  }
}

/** A failure in words for the person who sees it. */
export function problemOf(error) {
  switch (error.code) {
    case 'outcome_unknown':
      return 'Not confirmed: it may have been sent.';
    case 'not_sent':
      return 'Not sent: the connection did not come back in time.';
    case 'queue_full':
      return 'Too many messages are waiting to be sent.';
    case 'rate_limited':
      return 'Not sent: too fast.';
    case 'message_too_big':
      return 'Not sent: the message is too long.';
    default:
      return `${error.message || error.code}`;
  }
}
