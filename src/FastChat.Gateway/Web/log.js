import { appendTyped, dataLine, dayName, dressAvatar, make, plural, timeElement } from './text.js';

const ROWS_MAX = 500;
const NOTICES_MAX = 4;
const GROUP_MS = 5 * 60_000;
/** Pixels from the end that still count as being there. */
const END_SLACK = 48;

/**
 * The messages of one room, as rows of a list that scrolls. It stays where the reader is unless that is the end.
 *
 * Invariant: rows stand in the order of their offsets; what is not yet in the log stands after them, in the order of sending.
 */
export class Log {
  element = make('div', 'log');
  /** Told when the reader comes to the end or leaves it. */
  onEnd = () => {};
  #rows = make('ol');
  #empty;
  #earlier = make('button', 'quiet', 'Earlier messages');
  /** id → {row, offset}: own messages that have not come back yet. */
  #pending = new Map();
  /** row → what it shows. */
  #content = new WeakMap();
  #notices = new WeakMap();
  #atEnd = true;
  #scrollDue = false;
  /** Where the reader was when it was hidden. */
  #top = 0;

  constructor(roomId, onEarlier) {
    const attributes = { tabindex: '0', hidden: '', role: 'log', 'aria-label': `Messages in ${roomId}`, 'aria-live': 'off' };
    for (const [name, value] of Object.entries(attributes)) this.element.setAttribute(name, value);
    this.#empty = make('p', 'empty', `Nothing has been said in #${roomId} yet.`);
    this.#earlier.type = 'button';
    this.#earlier.dataset.earlier = '';
    this.#earlier.hidden = true;
    this.#earlier.addEventListener('click', onEarlier);
    this.element.append(this.#earlier, this.#empty, this.#rows);
    this.element.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => { if (this.#atEnd) this.toEnd(); }).observe(this.element);
  }

  get isAtEnd() {
    return this.#atEnd;
  }

  /** The lowest offset shown, or null. */
  get firstOffset() {
    return [...this.#rows.children].map((row) => this.#content.get(row)?.offset ?? null).find((offset) => offset !== null) ?? null;
  }

  set hasEarlier(has) {
    this.#earlier.hidden = !has || this.#rows.children.length >= ROWS_MAX;
  }

  show() {
    this.element.hidden = false;
    if (this.#atEnd) this.toEnd();
    else this.element.scrollTop = this.#top;
  }

  hide() {
    this.#top = this.element.scrollTop;
    this.element.hidden = true;
  }

  /** From now on new rows are read out to who cannot see them. */
  readOut() {
    this.element.setAttribute('aria-live', 'polite');
  }

  toEnd() {
    this.#atEnd = true;
    if (this.#scrollDue) return;
    this.#scrollDue = true;
    requestAnimationFrame(() => {
      this.#scrollDue = false;
      this.element.scrollTop = this.element.scrollHeight;
    });
  }

  add(message) {
    if (message.id !== null) this.#dropPending(message.id);
    this.#insert(this.#messageRow(message));
  }

  /** A page of older messages, ascending. */
  addEarlier(messages) {
    const height = this.element.scrollHeight;
    const rows = messages.map((message) => this.#messageRow(message));
    this.#rows.prepend(...rows);
    this.#empty.hidden = this.#rows.children.length > 0;
    for (const row of [...rows, this.#rows.children[rows.length]]) this.#arrange(row);
    this.element.scrollTop += this.element.scrollHeight - height;
  }

  addGap({ from, to }) {
    for (const [id, { row, offset }] of this.#pending) {
      if (offset === null || (to !== null && offset > to)) continue;
      this.#pending.delete(id); // stored, but it will not come back: it stays as it is
      delete row.dataset.state;
      this.#insert(row);
    }
    const what = to === null ? 'Some messages' : plural(to - from + 1, 'message', 'messages');
    const row = this.#line('gap', `${what} could not be loaded`);
    row.dataset.gap = to === null ? `${from}-` : `${from}-${to}`;
    this.#insert(row);
  }

  /** Somebody came or went. Notices in a row share one, so that a restless crowd does not push the messages out. */
  addNotice(text) {
    const firstPending = this.#pending.values().next().value?.row;
    const last = firstPending ? firstPending.previousElementSibling : this.#rows.lastElementChild;
    const notices = last && this.#notices.get(last);
    if (!notices) {
      const row = this.#line('notice', text);
      this.#notices.set(row, [text]);
      this.#insert(row);
      return;
    }
    notices.push(text);
    if (notices.length > NOTICES_MAX) notices.shift();
    last.firstElementChild.textContent = notices.join(' · ');
    if (this.#atEnd) this.toEnd();
  }

  /** An own message on its way. */
  addPending(id, { user, text }) {
    this.#dropPending(id);
    const row = this.#messageRow({ id, offset: null, ts: Date.now(), user, text });
    row.dataset.state = 'pending';
    this.#pending.set(id, { row, offset: null });
    this.#insert(row, true);
  }

  acked(id, offset) {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.offset = offset;
    pending.row.dataset.state = 'sent';
    pending.row.dataset.offset = String(offset);
  }

  /** It was refused, or nobody knows: says so, with a way to try again. */
  failed(id, problem, onRetry) {
    const row = this.#pending.get(id)?.row;
    if (row === undefined) return;
    row.dataset.state = 'failed';
    const failure = make('p', 'failure', `${problem} `);
    const retry = make('button', 'quiet', 'Send again');
    const discard = make('button', 'quiet', 'Discard');
    retry.type = discard.type = 'button';
    retry.dataset.retry = discard.dataset.discard = '';
    retry.addEventListener('click', onRetry);
    discard.addEventListener('click', () => this.#dropPending(id));
    failure.append(retry, discard);
    row.querySelector('.body').append(failure);
    if (this.#atEnd) this.toEnd();
  }

  #dropPending(id) {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    const next = pending.row.nextElementSibling;
    pending.row.remove();
    this.#arrange(next);
    this.#empty.hidden = this.#rows.children.length > 0;
  }

  #insert(row, isPending = false) {
    const firstPending = isPending || this.#pending.size === 0 ? null : this.#pending.values().next().value.row;
    this.#rows.insertBefore(row, firstPending);
    this.#arrange(row);
    this.#arrange(row.nextElementSibling);
    this.#empty.hidden = true;
    while (this.#rows.children.length > ROWS_MAX) this.#dropOldest();
    if (this.#atEnd) this.toEnd();
  }

  #dropOldest() {
    const row = this.#rows.firstElementChild;
    for (const [id, pending] of this.#pending) if (pending.row === row) this.#pending.delete(id);
    row.remove();
    this.#arrange(this.#rows.firstElementChild);
  }

  #messageRow(message) {
    const row = make('li', 'message');
    row.dataset.message = '';
    row.dataset.user = message.user;
    if (message.offset !== null) row.dataset.offset = String(message.offset);
    const avatar = make('span', 'avatar');
    avatar.setAttribute('aria-hidden', 'true');
    dressAvatar(avatar, message.user);
    const head = make('div', 'head');
    head.append(make('bdi', 'author', message.user), ' ', timeElement(message.ts));
    const body = make('div', 'body');
    body.append(head);
    if (message.text !== null) {
      const text = make('p', 'text');
      text.dir = 'auto';
      appendTyped(text, message.text);
      body.append(text);
    } else {
      body.append(make('code', 'data', dataLine(message)));
    }
    row.append(avatar, body);
    this.#content.set(row, message);
    return row;
  }

  #line(className, text) {
    const row = make('li', className);
    row.append(make('span', '', text));
    return row;
  }

  /** Whether the row begins a day, and whether it goes on from the row above: same author, soon after. */
  #arrange(row) {
    const message = row && this.#content.get(row);
    if (!message) return;
    const above = row.previousElementSibling;
    const before = above && this.#content.get(above);
    let last = before;
    for (let each = above; !last && each; each = each.previousElementSibling) last = this.#content.get(each);
    const day = dayName(message.ts);
    const beginsDay = !last || dayName(last.ts) !== day;
    row.querySelector('.day')?.remove();
    if (beginsDay) row.prepend(make('div', 'day', day));
    row.toggleAttribute('data-grouped', Boolean(before) && !beginsDay && before.user === message.user && message.ts - before.ts < GROUP_MS);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    if (this.element.hidden || this.#scrollDue) return;
    const atEnd = scrollHeight - scrollTop - clientHeight <= END_SLACK;
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.onEnd(atEnd);
  }
}
