// How names, times and what people type are shown. What people type becomes text nodes and links, never markup.

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const DATA_CHARS_MAX = 2000;
const MINUTE_MS = 60_000;
const COLOURS = 8;

const clockTime = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const wholeTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const wholeDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

/** An element with a class and text. */
export function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}

/** Appends what somebody typed; http and https addresses become links. */
export function appendTyped(parent, typed) {
  let at = 0;
  for (const match of typed.matchAll(LINK)) {
    const address = trimmed(match[0]);
    if (!isLink(address)) continue;
    parent.append(typed.slice(at, match.index));
    const link = make('a', '', address);
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    parent.append(link);
    at = match.index + address.length;
  }
  parent.append(typed.slice(at));
}

/** The sentence's punctuation does not belong to the address; a bracket does if it was opened in it. */
function trimmed(address) {
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last === ')' && address.slice(0, end).includes('(')) break;
    if (!'.,;:!?)]}*_'.includes(last)) break;
  }
  return address.slice(0, end);
}

function isLink(address) {
  try {
    return /^https?:$/.test(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** Data without text, for people who want to see that it was there. */
export function dataLine({ kind, data, dataBytes }) {
  let shown;
  try {
    shown = JSON.stringify(data, (_, value) => {
      if (typeof value === 'bigint') return String(value);
      return ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : value;
    });
  } catch {
    shown = undefined;
  }
  shown ??= `${dataBytes?.length ?? 0} bytes`;
  return `${kind}: ${shown.length > DATA_CHARS_MAX ? `${shown.slice(0, DATA_CHARS_MAX)}…` : shown}`;
}

export function timeElement(ts) {
  const date = new Date(ts);
  const time = make('time', '', clockTime.format(date));
  time.dateTime = date.toISOString();
  time.title = wholeTime.format(date);
  return time;
}

export function dayName(ts, now = Date.now()) {
  const day = (ms) => new Date(ms).toDateString();
  if (day(ts) === day(now)) return 'Today';
  if (day(ts) === day(now - 24 * 60 * MINUTE_MS)) return 'Yesterday';
  return wholeDay.format(new Date(ts));
}

/** One or two letters for a name, with a colour that stays the same for it. */
export function dressAvatar(element, name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [name];
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...words[0]].slice(0, 2);
  element.textContent = letters.join('').toUpperCase();
  let hash = 2166136261;
  for (const char of name.toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0), 16777619);
  element.dataset.colour = String((hash >>> 8) % COLOURS);
}

export function countOf(number, max = 99) {
  return number > max ? `${max}+` : String(number);
}

export function plural(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** "ann", "ann and bob", "ann, bob and 3 others". */
export function namesLine(names) {
  if (names.length <= 1) return names.join('');
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
}
