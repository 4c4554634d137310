// Bytes to messages and back: the MessagePack form of docs/protocol.md. Pure: no sockets, no clock.
import { Decoder } from '../vendor/msgpack/Decoder.mjs';
import { Encoder } from '../vendor/msgpack/Encoder.mjs';
import { ExtData } from '../vendor/msgpack/ExtData.mjs';
import { ExtensionCodec } from '../vendor/msgpack/ExtensionCodec.mjs';
import { decodeTimestampToTimeSpec, encodeTimestampExtension, EXT_TIMESTAMP } from '../vendor/msgpack/timestamp.mjs';

export { ExtData };

export const SUBPROTOCOL = 'fastchat.msgpack.v1';

/** First element of every message. */
export const TYPE = Object.freeze({
  join: 1, leave: 2, msg: 3, typing: 4, presence: 5, history: 6, ping: 7, pong: 8,
  ack: 16, error: 17, position: 18, gap: 19, close: 20,
});

/** Bits of msg's flags. */
export const FLAG = Object.freeze({ ephemeral: 1, excludeSelf: 2 });

/** Nesting that the gateway takes is 32; this leaves the refusal to it and bounds the recursion here. */
const ENCODE_DEPTH_MAX = 64;
/** Most elements of one array that are believed before they are read: each costs eight bytes up front. */
const ARRAY_LENGTH_MAX = 1 << 20;
const UINT64_MAX = (1n << 64n) - 1n;
const INT64_MIN = -(1n << 63n);

// ---- values -----------------------------------------------------------------------------------------------------

// A timestamp becomes a Date when a Date can hold it to the nanosecond, else it stays the ext that it is.
const extensions = new ExtensionCodec();
extensions.register({
  type: EXT_TIMESTAMP,
  encode(value) {
    if (value instanceof Date && Number.isNaN(value.getTime())) throw new TypeError('An invalid Date has no form in MessagePack.');
    return encodeTimestampExtension(value);
  },
  decode(bytes) {
    if (bytes.length === 4 || bytes.length === 8 || bytes.length === 12) {
      const { sec, nsec } = decodeTimestampToTimeSpec(bytes);
      const date = new Date(sec * 1000 + nsec / 1e6);
      const exact = nsec % 1e6 === 0 && nsec < 1e9 && Number.isSafeInteger(sec * 1000) && !Number.isNaN(date.getTime());
      if (exact) return date;
    }
    return new ExtData(EXT_TIMESTAMP, bytes);
  },
});

/** Half a surrogate pair has no UTF-8; like TextEncoder, the replacement character is sent in its place. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Writes every integer as an integer (the library's own choices are floats beyond 2^32, or no bigint at all) and all text as UTF-8. */
class ExactEncoder extends Encoder {
  encodeString(value) {
    super.encodeString(value.replace(LONE_SURROGATES, '\ufffd'));
  }

  encodeNumber(value) {
    if (Object.is(value, -0)) this.encodeNumberAsFloat(value);
    else super.encodeNumber(value);
  }

  encodeObject(value, depth) {
    if (typeof value !== 'bigint') {
      super.encodeObject(value, depth);
    } else if (Number.isSafeInteger(Number(value))) {
      this.encodeNumber(Number(value));
    } else if (value > UINT64_MAX || value < INT64_MIN) {
      throw new RangeError(`${value} does not fit 64 bits.`);
    } else {
      this.encodeBigInt64(value);
    }
  }
}

/** Reads 64-bit integers as numbers where that is exact, as bigints where it is not. */
class ExactDecoder extends Decoder {
  readU64() {
    const value = this.view.getBigUint64(this.pos);
    this.pos += 8;
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  readI64() {
    const value = this.view.getBigInt64(this.pos);
    this.pos += 8;
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
}

const encoder = new ExactEncoder({ extensionCodec: extensions, ignoreUndefined: true, maxDepth: ENCODE_DEPTH_MAX });
const decoder = new ExactDecoder({ extensionCodec: extensions, maxArrayLength: ARRAY_LENGTH_MAX, maxMapLength: ARRAY_LENGTH_MAX });

/** One MessagePack value. Throws when `value` has none: a function, a bigint beyond 64 bits, an invalid Date. */
export function encodeValue(value) {
  return encoder.encode(value);
}

/** The one MessagePack value in `bytes`; throws when it has no faithful form (see `data` in the README) or is malformed. */
export function decodeValue(bytes) {
  return decoder.decode(bytes);
}

// ---- messages to the gateway ------------------------------------------------------------------------------------

/** A message as an array, absent elements nil, trailing ones left out. */
export function encodeMessage(type, ...fields) {
  let length = fields.length;
  while (length > 0 && (fields[length - 1] === undefined || fields[length - 1] === null)) length--;
  return encoder.encode([type, ...fields.slice(0, length)]);
}

// ---- messages from the gateway ----------------------------------------------------------------------------------

/** Bytes that are no message of this protocol. */
export class WireError extends Error {}

/**
 * All messages in one WebSocket message, in order; those of unknown type are left out.
 * @throws {WireError} malformed bytes
 */
export function decodeMessages(bytes) {
  const messages = [];
  try {
    for (let position = 0; position < bytes.length;) {
      const { elements, end } = elementsOf(bytes, position);
      position = end;
      const read = elements.length > 0 ? readers.get(decodeValue(elements[0])) : undefined;
      if (read !== undefined) messages.push(read(elements));
    }
  } catch (error) {
    throw error instanceof WireError ? error : new WireError(`Malformed message: ${error.message}`, { cause: error });
  }
  return messages;
}

const readers = new Map([
  [TYPE.msg, readMsg],
  [TYPE.typing, (e) => ({ type: 'typing', room: text(e, 1), user: text(e, 2), on: value(e, 3) === true })],
  [TYPE.presence, (e) => ({
    type: 'presence', id: optionalText(e, 1), room: text(e, 2), version: integer(e, 3), count: integer(e, 4),
    users: optionalTexts(e, 5), next: optionalText(e, 6),
  })],
  [TYPE.history, readHistory],
  [TYPE.ping, () => ({ type: 'ping' })],
  [TYPE.pong, () => ({ type: 'pong' })],
  [TYPE.join, (e) => ({ type: 'join', room: text(e, 1), user: text(e, 2), ts: integer(e, 3) })],
  [TYPE.leave, (e) => ({ type: 'leave', room: text(e, 1), user: text(e, 2), ts: integer(e, 3) })],
  [TYPE.ack, (e) => ({
    type: 'ack', id: text(e, 1), room: text(e, 2), epoch: optionalText(e, 3), offset: optionalInteger(e, 4),
  })],
  [TYPE.error, (e) => ({
    type: 'error', code: text(e, 1), message: optionalText(e, 2) ?? '', id: optionalText(e, 3), room: optionalText(e, 4),
    retryAfterMs: optionalInteger(e, 5), suggestion: optionalText(e, 6),
  })],
  [TYPE.position, (e) => ({ type: 'position', room: text(e, 1), epoch: text(e, 2), offset: integer(e, 3) })],
  [TYPE.gap, (e) => ({ type: 'gap', room: text(e, 1), epoch: text(e, 2), from: integer(e, 3), to: integer(e, 4) })],
  [TYPE.close, (e) => ({
    type: 'close', code: integer(e, 1), reason: optionalText(e, 2) ?? '', reconnect: value(e, 3) !== false, delayMs: optionalInteger(e, 4) ?? 0,
  })],
]);

/** [3, room, epoch, offset, ts, user, text, data, kind, id] */
function readMsg(elements) {
  const message = {
    type: 'msg', room: text(elements, 1), epoch: optionalText(elements, 2), offset: optionalInteger(elements, 3), ts: integer(elements, 4),
    user: text(elements, 5), text: optionalText(elements, 6), data: undefined, dataBytes: null,
    kind: optionalText(elements, 8) ?? 'chat', id: optionalText(elements, 9),
  };
  if (!isNil(elements, 7)) {
    message.dataBytes = elements[7];
    try {
      message.data = decodeValue(elements[7]);
    } catch {
      // Well-formed, but without a faithful form here, such as a map with binary keys. Another member chose it: it must not
      // cost this connection anything, and dataBytes still has it.
    }
  }
  return message;
}

/** [6, id, room, epoch, offset, recovered, more, [user, key] or nil, [msg…]] */
function readHistory(elements) {
  const you = isNil(elements, 7) ? null : elementsOf(elements[7], 0).elements;
  const entries = isNil(elements, 8) ? [] : elementsOf(elements[8], 0).elements;
  return {
    type: 'history', id: optionalText(elements, 1), room: text(elements, 2), epoch: optionalText(elements, 3) ?? '',
    offset: optionalInteger(elements, 4) ?? 0, recovered: value(elements, 5) === true, more: value(elements, 6) === true,
    you: you === null ? null : { user: text(you, 0), key: optionalText(you, 1) },
    messages: entries.map((entry) => readMsg(elementsOf(entry, 0).elements)),
  };
}

function isNil(elements, index) {
  return index >= elements.length || elements[index][0] === 0xc0;
}

function value(elements, index) {
  return isNil(elements, index) ? null : decodeValue(elements[index]);
}

function typed(elements, index, kind, isKind, optional) {
  const found = value(elements, index);
  if (isKind(found) || (optional && found === null)) return found;
  throw new WireError(`Element ${index} is not ${kind}.`);
}

const isText = (found) => typeof found === 'string';
const text = (elements, index) => typed(elements, index, 'text', isText, false);
const optionalText = (elements, index) => typed(elements, index, 'text', isText, true);
const integer = (elements, index) => typed(elements, index, 'an integer', Number.isSafeInteger, false);
const optionalInteger = (elements, index) => typed(elements, index, 'an integer', Number.isSafeInteger, true);
const optionalTexts = (elements, index) =>
  typed(elements, index, 'a list of texts', (found) => Array.isArray(found) && found.every(isText), true);

/** The array at `position`, cut into its elements' bytes (views, no copies), and where it ends. */
function elementsOf(bytes, position) {
  const head = bytes[position];
  let count;
  let at;
  if (head >= 0x90 && head <= 0x9f) [count, at] = [head & 0x0f, position + 1];
  else if (head === 0xdc) [count, at] = [uint(bytes, position + 1, 2), position + 3];
  else if (head === 0xdd) [count, at] = [uint(bytes, position + 1, 4), position + 5];
  else throw new WireError('A message is no array.');

  const elements = [];
  for (let i = 0; i < count; i++) {
    const end = endOf(bytes, at);
    elements.push(bytes.subarray(at, end));
    at = end;
  }
  return { elements, end: at };
}

// For the heads 0xc0 to 0xdf: bytes that follow, or how many bytes of length follow and what is counted in it.
const FORMS = [
  { bytes: 0 }, null, { bytes: 0 }, { bytes: 0 }, // nil, never used, false, true
  { length: 1 }, { length: 2 }, { length: 4 }, // bin
  { length: 1, bytes: 1 }, { length: 2, bytes: 1 }, { length: 4, bytes: 1 }, // ext: the type is not in the length
  { bytes: 4 }, { bytes: 8 }, // float
  { bytes: 1 }, { bytes: 2 }, { bytes: 4 }, { bytes: 8 }, // uint
  { bytes: 1 }, { bytes: 2 }, { bytes: 4 }, { bytes: 8 }, // int
  { bytes: 2 }, { bytes: 3 }, { bytes: 5 }, { bytes: 9 }, { bytes: 17 }, // fixext
  { length: 1 }, { length: 2 }, { length: 4 }, // str
  { length: 2, values: 1 }, { length: 4, values: 1 }, // array
  { length: 2, values: 2 }, { length: 4, values: 2 }, // map
];

/** Where the value that begins at `position` ends. Without recursion: depth costs nothing. */
function endOf(bytes, position) {
  let at = position;
  for (let values = 1; values > 0; values--) {
    if (at >= bytes.length) throw new WireError('A message is cut off.');
    const head = bytes[at++];
    if (head <= 0x7f || head >= 0xe0) continue; // fixint
    if (head <= 0x8f) values += 2 * (head & 0x0f); // fixmap
    else if (head <= 0x9f) values += head & 0x0f; // fixarray
    else if (head <= 0xbf) at += head & 0x1f; // fixstr
    else {
      const form = FORMS[head - 0xc0];
      if (form === null) throw new WireError('0xc1 is no value.');
      const counted = form.length === undefined ? 0 : uint(bytes, at, form.length);
      at += (form.length ?? 0) + (form.bytes ?? 0);
      if (form.values === undefined) at += counted;
      else values += form.values * counted;
    }
  }
  if (at > bytes.length) throw new WireError('A message is cut off.');
  return at;
}

function uint(bytes, position, length) {
  if (position + length > bytes.length) throw new WireError('A message is cut off.');
  let number = 0;
  for (let i = 0; i < length; i++) number = number * 256 + bytes[position + i];
  return number;
}
