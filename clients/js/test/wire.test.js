import assert from 'node:assert/strict';
import test from 'node:test';
import { decode, encode, ExtData as NpmExtData } from '@msgpack/msgpack';
import { decodeMessages, decodeValue, encodeMessage, encodeValue, ExtData, TYPE, WireError } from '../lib/wire.js';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));

test('Integers stay integers and exact over all 64 bits', () => {
  const cases = [
    [0, '00'], [127, '7f'], [128, 'cc80'], [-1, 'ff'], [-33, 'd0df'], [2 ** 32 - 1, 'ceffffffff'],
    [2 ** 32, 'cf0000000100000000'], [-(2 ** 32), 'd3ffffffff00000000'], [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [9007199254740993n, 'cf0020000000000001'], [18446744073709551615n, 'cfffffffffffffffff'], [-9223372036854775808n, 'd38000000000000000'],
  ];
  for (const [value, form] of cases) {
    assert.equal(hex(encodeValue(value)), form);
    assert.strictEqual(decodeValue(bytes(form)), value);
  }
});

test('A bigint that a number holds exactly is written and read as a number', () => {
  assert.equal(hex(encodeValue(5n)), '05');
  assert.strictEqual(decodeValue(encodeValue(-9007199254740991n)), -9007199254740991);
  assert.strictEqual(decodeValue(bytes('cf0000000000000005')), 5);
});

test('What 64 bits cannot hold, functions and invalid dates are refused', () => {
  for (const value of [1n << 64n, -(1n << 63n) - 1n, () => {}, Symbol('s'), new Date(Number.NaN)]) assert.throws(() => encodeValue(value));
});

test('Floats keep their bits: NaN, the infinities and minus zero', () => {
  for (const value of [1.5, Number.NaN, Infinity, -Infinity, -0]) assert.ok(Object.is(decodeValue(encodeValue(value)), value));
});

test('Binary, ext and nested values come back the same', () => {
  const value = { bin: new Uint8Array([0, 255]), ext: new ExtData(42, new Uint8Array([1, 2, 3])), list: [1, [2, { deep: null }]], yes: true };
  assert.deepEqual(decodeValue(encodeValue(value)), value);
});

test('A timestamp is a Date where that loses nothing, else an ext with its bytes', () => {
  for (const ms of [0, 1, 1_700_000_000_123, -1, 253402300799999]) {
    assert.deepEqual(decodeValue(encodeValue(new Date(ms))), new Date(ms));
  }
  const nanoseconds = 'd7ff0000000465000000'; // nsec 1
  const odd = 'c705ff0102030405'; // a length that no timestamp has
  const far = 'c70cff000000007fffffffffffffff';
  for (const form of [nanoseconds, odd, far]) {
    const value = decodeValue(bytes(form));
    assert.ok(value instanceof ExtData, form);
    assert.equal(value.type, -1);
    assert.equal(hex(encodeValue(value)), form);
  }
});

test('Half a surrogate pair is sent as the replacement character, short or long', () => {
  for (const padding of ['', 'x'.repeat(100)]) {
    const sent = encodeValue(`${padding}\ud83d!`);
    assert.equal(new TextDecoder('utf-8', { fatal: true }).decode(sent.subarray(padding ? 2 : 1)), `${padding}\ufffd!`);
  }
  assert.equal(decodeValue(encodeValue('😀é')), '😀é');
});

test('A message leaves out trailing absent elements and writes nil for inner ones', () => {
  assert.equal(hex(encodeMessage(TYPE.ping)), '9107');
  assert.deepEqual(decode(encodeMessage(TYPE.msg, 'a', 'lobby', null, 7, undefined, null)), [3, 'a', 'lobby', null, 7]);
});

test('Several messages in one WebSocket message are read in order, unknown types and further elements ignored', () => {
  const frame = Buffer.concat([
    [18, 'r', 'e', 7, 'further', { element: 1 }], [99, 'of', 'the', 'future'], ['text'], [], [16, 'id', 'r', 'e', 8], [8, 1],
  ].map((message) => encode(message)));
  assert.deepEqual(decodeMessages(frame), [
    { type: 'position', room: 'r', epoch: 'e', offset: 7 }, { type: 'ack', id: 'id', room: 'r', epoch: 'e', offset: 8 }, { type: 'pong' }]);
});

test('Absent elements have their documented values', () => {
  const [msg, history, error, close] = decodeMessages(Buffer.concat([
    [3, 'r', null, null, 5, 'ann', 'hi'], [6, null, 'r', 'e', 0, false], [17, 'overloaded'], [20, 4000],
  ].map((message) => encode(message))));
  assert.deepEqual(msg, { type: 'msg', room: 'r', epoch: null, offset: null, ts: 5, user: 'ann', text: 'hi', data: undefined, dataBytes: null, kind: 'chat', id: null });
  assert.deepEqual(history, { type: 'history', id: null, room: 'r', epoch: 'e', offset: 0, recovered: false, more: false, you: null, messages: [] });
  assert.deepEqual(error, { type: 'error', code: 'overloaded', message: '', id: null, room: null, retryAfterMs: null, suggestion: null });
  assert.deepEqual(close, { type: 'close', code: 4000, reason: '', reconnect: true, delayMs: 0 });
});

test('Data without a faithful form costs nothing but itself, and its bytes are there', () => {
  const forms = ['81c001', '81a95f5f70726f746f5f5f01', '81c4010102']; // keys: nil, "__proto__", binary
  for (const form of forms) {
    const head = encode([3, 'r', 'e', 1, 5, 'ann', 'hi']).subarray(1);
    const frame = Buffer.concat([bytes('98'), head, bytes(form), encode([18, 'r', 'e', 2])]);
    const [msg, position] = decodeMessages(frame);
    assert.equal(msg.data, undefined);
    assert.equal(msg.text, 'hi');
    assert.equal(hex(msg.dataBytes), form);
    assert.equal(position.offset, 2);
  }
});

test('A message cut off at any byte, and bytes that are no message, are told from messages', () => {
  const whole = encode([3, 'r', 'e', 70000, 1_700_000_000_000, 'ann', 'x'.repeat(300), { a: [1.5, new Uint8Array(3), new NpmExtData(1, new Uint8Array(4))] }, 'k', 'id']);
  assert.equal(decodeMessages(whole).length, 1);
  for (let length = 1; length < whole.length; length++) assert.throws(() => decodeMessages(whole.subarray(0, length)), WireError, `${length}`);
  for (const form of ['c1', '07', 'a17f', '91c1', 'ddffffffff', '920ac1', '9512a172a1650703c1', '9203', '9412c0a16501']) assert.throws(() => decodeMessages(bytes(form)), WireError, form);
});

test('Nesting of any depth is walked without recursion', () => {
  const deep = new Uint8Array(100_002).fill(0x91);
  deep[deep.length - 1] = 0xc0;
  assert.deepEqual(decodeMessages(deep), []);
});
